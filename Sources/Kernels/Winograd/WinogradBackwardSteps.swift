public import Tensors

/// The steps of a chunk that workers go through together.
extension WinogradConvolution {
  @inline(__always)
  private func memory<Scalar: LaneScalar>(
    _ shared: Values<Lanes<Scalar>>
  ) -> (WinogradPoints<Scalar>, WinogradOwnPoints<Scalar>, WinogradPoints<Scalar>) {
    let chunk = backwardGrid.chunk
    let own = shared.pointer + WinogradPoints<Scalar>.vectors(channels: windowChannels, tiles: chunk)
    let product = own + WinogradOwnPoints<Scalar>.count(tiles: chunk, vectors: ownVectors)
    return (
      WinogradPoints(shared.pointer, channels: windowChannels, tiles: chunk),
      WinogradOwnPoints(own, tiles: chunk, vectors: ownVectors), WinogradPoints(product, channels: inputs, tiles: chunk)
    )
  }

  /// Step 1, for plane `plane` of `windowPlanes`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func backwardPoints<Scalar: LaneScalar>(
    chunk: Int, plane: Int, _ pass: WinogradBackwardPass<Scalar>, shared: Values<Lanes<Scalar>>,
    scratch: Values<Lanes<Scalar>>
  ) {
    windowPoints(backwardGrid.tiles(ofChunk: chunk), plane, pass, into: memory(shared).0, scratch.pointer)
  }

  /// Step 2, for one output channel.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func backwardBias<Scalar: LaneScalar>(chunk: Int, channel: Int, _ pass: WinogradBackwardPass<Scalar>) {
    addBias(
      backwardGrid.tiles(ofChunk: chunk), channel, pass.gradient, to: pass.partials.pointer + sumVectors,
      isFirst: chunk == 0)
  }

  /// Step 3, for step `step` of `ownSteps`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func backwardOwnPoints<Scalar: LaneScalar>(
    chunk: Int, step: Int, _ pass: WinogradBackwardPass<Scalar>, shared: Values<Lanes<Scalar>>,
    scratch: Values<Lanes<Scalar>>
  ) {
    let (tile, vector) = (step / ownVectors, step % ownVectors)
    ownPoints(
      backwardGrid.tiles(ofChunk: chunk).lowerBound + tile, tile, vector, pass, into: memory(shared).1, scratch.pointer)
  }

  /// Step 4, for one point: the weights' gradient, and the products of the input's.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func backwardProducts<Scalar: LaneScalar>(
    chunk: Int, point: Int, _ pass: WinogradBackwardPass<Scalar>, shared: Values<Lanes<Scalar>>
  ) {
    let (windows, own, product) = memory(shared)
    let tiles = backwardGrid.tiles(ofChunk: chunk).count
    WinogradCorrelation(
      windows: windows, windowChannels: windowChannels, own: own, tiles: tiles, sums: pass.partials.pointer,
      isFirst: chunk == 0
    ).run(point: point)
    guard needsInputGradient else { return }
    WinogradProduct(
      kernels: backwardKernels, weights: UnsafePointer(pass.kernels.pointer), operand: windows, product: product,
      tiles: tiles
    ).run(point: point, blocks: 0..<backwardKernels.blocks.count)
  }

  /// Step 5, for one channel of the input's phases, if its gradient is wanted.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func backwardPixels<Scalar: LaneScalar>(
    chunk: Int, channel: Int, _ pass: WinogradBackwardPass<Scalar>, shared: Values<Lanes<Scalar>>,
    scratch: Values<Lanes<Scalar>>
  ) {
    let product = memory(shared).2
    store(
      backwardGrid.tiles(ofChunk: chunk), channel, UnsafePointer(product.at(0, channel: channel, tile: 0)),
      product.stride, pass, scratch.pointer)
  }
}
