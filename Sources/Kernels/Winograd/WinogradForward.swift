public import Tensors

/// What a forward pass reads and writes.
public struct WinogradForwardPass<Scalar: LaneScalar> {
  public let input: PackView<Scalar>
  /// The kernels' points from `prepare`, and a value for each output channel.
  public let kernels: Values<Scalar>
  public let bias: Values<Scalar>
  public let output: PackView<Scalar>
  /// Where a max pooling of 2 x 2 is part of the pass: which pixel of each window was chosen.
  public let choices: Values<SIMD16<UInt8>>?
  public let rectifies: Bool

  public init(
    input: PackView<Scalar>, kernels: Values<Scalar>, bias: Values<Scalar>, output: PackView<Scalar>,
    choices: Values<SIMD16<UInt8>>? = nil, rectifies: Bool
  ) {
    self.input = input
    self.kernels = kernels
    self.bias = bias
    self.output = output
    self.choices = choices
    self.rectifies = rectifies
  }
}

extension WinogradConvolution {
  /// Zeros around the input with which most tiles at its edges can be read where they lie.
  public var inputHalo: PackLayout.Halo { geometry.inputHalo }

  /// Shares of the forward pass, or nil where workers go through `forwardChunks` together.
  public var forwardShares: Int? { forwardGrid.isShared ? nil : forwardGrid.shares }
  public var forwardChunks: Int { forwardGrid.chunks }
  /// Vectors that the workers then share.
  public var forwardSharedVectors: Int {
    forwardGrid.isShared
      ? WinogradPoints<Float>.vectors(channels: inputs, tiles: forwardGrid.chunk).plus(
        WinogradPoints<Float>.vectors(channels: outputs, tiles: forwardGrid.chunk)) : 0
  }
  public var inputPlanes: Int { inputs }
  public static var points: Int { WinogradTile.points }

  /// Results whose products are made before they are transformed back, where a worker goes alone: some 32 channels.
  static func group(of blocks: ChannelBlocks, _ index: Int) -> Range<Int> {
    let most = max(1, 32 / largestBlock)
    return (index * most)..<min((index + 1) * most, blocks.count)
  }
  static func groups(of blocks: ChannelBlocks) -> Int {
    let most = max(1, 32 / largestBlock)
    return (blocks.count + most - 1) / most
  }
  static func largestGroup(of channels: Int) -> Int { min(channels, max(32, largestBlock)) }

  var workVectors: Int { 2 * WinogradTiles<Float>.patch + 2 * laneCount * laneCount }

  /// Vectors of scratch memory that a worker needs.
  public var scratchVectors: Int {
    var vectors = 0
    if !forwardGrid.isShared {
      vectors = WinogradPoints<Float>.vectors(channels: inputs, tiles: forwardGrid.chunk).plus(
        WinogradPoints<Float>.vectors(channels: Self.largestGroup(of: outputs), tiles: forwardGrid.chunk))
    }
    if !backwardGrid.isShared {
      let backward = WinogradPoints<Float>.vectors(channels: windowChannels, tiles: backwardGrid.chunk).plus(
        max(
          WinogradPoints<Float>.vectors(channels: Self.largestGroup(of: inputs), tiles: backwardGrid.chunk),
          WinogradOwnPoints<Float>.count(tiles: backwardGrid.chunk, vectors: ownVectors)))
      vectors = max(vectors, backward)
    }
    return vectors.plus(workVectors)
  }

  /// All steps for a share of tiles.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func forward<Scalar: LaneScalar>(
    share: Int, _ pass: WinogradForwardPass<Scalar>, scratch: Values<Lanes<Scalar>>
  ) {
    let memory = scratch.pointer + workVectors
    let points = WinogradPoints(memory, channels: inputs, tiles: forwardGrid.chunk)
    let blocks = forwardKernels.blocks
    let rest = memory + WinogradPoints<Scalar>.vectors(channels: inputs, tiles: forwardGrid.chunk)
    for index in forwardGrid.chunks(ofShare: share) {
      let chunk = forwardGrid.tiles(ofChunk: index)
      for plane in 0..<inputs { inputPoints(chunk, plane, pass.input, forwardGrid, into: points, scratch.pointer) }
      for group in 0..<Self.groups(of: blocks) {
        let group = Self.group(of: blocks, group)
        let channels = blocks.range(group.lowerBound).lowerBound..<blocks.range(group.upperBound - 1).upperBound
        let product = WinogradPoints(rest, channels: channels.count, tiles: forwardGrid.chunk)
        let work = WinogradProduct(
          kernels: forwardKernels, weights: UnsafePointer(pass.kernels.pointer), operand: points, product: product,
          tiles: chunk.count)
        for point in 0..<WinogradTile.points { work.run(point: point, blocks: group) }
        for channel in channels {
          store(
            chunk, channel, UnsafePointer(product.at(0, channel: channel - channels.lowerBound, tile: 0)),
            product.stride, pass, scratch.pointer)
        }
      }
    }
  }

  /// Step 1 of a shared chunk, for plane `plane` of `inputPlanes`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func forwardPoints<Scalar: LaneScalar>(
    chunk: Int, plane: Int, _ pass: WinogradForwardPass<Scalar>, shared: Values<Lanes<Scalar>>,
    scratch: Values<Lanes<Scalar>>
  ) {
    let points = WinogradPoints(shared.pointer, channels: inputs, tiles: forwardGrid.chunk)
    inputPoints(forwardGrid.tiles(ofChunk: chunk), plane, pass.input, forwardGrid, into: points, scratch.pointer)
  }

  /// Step 2, for one point.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func forwardProducts<Scalar: LaneScalar>(
    chunk: Int, point: Int, _ pass: WinogradForwardPass<Scalar>, shared: Values<Lanes<Scalar>>
  ) {
    let (points, product) = forwardMemory(shared)
    WinogradProduct(
      kernels: forwardKernels, weights: UnsafePointer(pass.kernels.pointer), operand: points, product: product,
      tiles: forwardGrid.tiles(ofChunk: chunk).count
    ).run(point: point, blocks: 0..<forwardKernels.blocks.count)
  }

  /// Step 3, for one output channel.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func forwardPixels<Scalar: LaneScalar>(
    chunk: Int, channel: Int, _ pass: WinogradForwardPass<Scalar>, shared: Values<Lanes<Scalar>>,
    scratch: Values<Lanes<Scalar>>
  ) {
    let (_, product) = forwardMemory(shared)
    store(
      forwardGrid.tiles(ofChunk: chunk), channel, UnsafePointer(product.at(0, channel: channel, tile: 0)),
      product.stride, pass, scratch.pointer)
  }

  @inline(__always)
  private func forwardMemory<Scalar: LaneScalar>(
    _ shared: Values<Lanes<Scalar>>
  ) -> (WinogradPoints<Scalar>, WinogradPoints<Scalar>) {
    let chunk = forwardGrid.chunk
    let rest = shared.pointer + WinogradPoints<Scalar>.vectors(channels: inputs, tiles: chunk)
    return (
      WinogradPoints(shared.pointer, channels: inputs, tiles: chunk),
      WinogradPoints(rest, channels: outputs, tiles: chunk)
    )
  }

  @inline(__always)
  private func store<Scalar: LaneScalar>(
    _ chunk: Range<Int>, _ channel: Int, _ product: UnsafePointer<Lanes<Scalar>>, _ stride: Int,
    _ pass: WinogradForwardPass<Scalar>, _ scratch: UnsafeMutablePointer<Lanes<Scalar>>
  ) {
    let bias = Lanes<Scalar>(repeating: pass.bias.pointer[channel])
    if let choices = pass.choices {
      let output = PooledOutput(pass.output, choices: choices)
      storePooled(chunk, channel, product, stride, bias, output, rectifies: pass.rectifies, scratch)
      return
    }
    let target = WinogradTarget(
      tensor: pass.output, channel: channel,
      rows: WinogradAxis(first: 0, step: 1, count: pass.output.height, halo: 0),
      columns: WinogradAxis(first: 0, step: 1, count: pass.output.width, halo: 0))
    if pass.rectifies {
      target.store(chunk, of: forwardGrid, product, stride, bias, Rectified(), half: scratch)
    } else {
      target.store(chunk, of: forwardGrid, product, stride, bias, Plain(), half: scratch)
    }
  }
}
