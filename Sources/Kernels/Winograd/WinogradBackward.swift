public import Tensors

/// What a backward pass reads and writes.
public struct WinogradBackwardPass<Scalar: LaneScalar> {
  public let input: PackView<Scalar>
  public let gradient: OutputGradient<Scalar>
  /// The kernels' points for this direction, from `prepare`.
  public let kernels: Values<Scalar>
  /// `backwardShares * partialVectors`.
  public let partials: Values<Lanes<Scalar>>
  /// Zero wherever `mask`, a tensor of the same layout, is not positive.
  public let inputGradient: PackView<Scalar>?
  public let mask: PackView<Scalar>?

  public init(
    input: PackView<Scalar>, gradient: OutputGradient<Scalar>, kernels: Values<Scalar>, partials: Values<Lanes<Scalar>>,
    inputGradient: PackView<Scalar>?, mask: PackView<Scalar>?
  ) {
    if let inputGradient, let mask {
      precondition(mask.rowStride == inputGradient.rowStride && mask.channelStride == inputGradient.channelStride)
    }
    self.input = input
    self.gradient = gradient
    self.kernels = kernels
    self.partials = partials
    self.inputGradient = inputGradient
    self.mask = mask
  }
}

extension WinogradConvolution {
  /// Zeros around the output's gradient with which most tiles at its edges can be read where they lie.
  public var outputGradientHalo: PackLayout.Halo {
    guard needsInputGradient else { return .none }
    return PackLayout.Halo(rows: max(0, 2 - backwardGrid.rows.first), columns: max(0, 2 - backwardGrid.columns.first))
  }

  /// Shares of the backward pass; one where workers go through `backwardChunks` together.
  public var backwardShares: Int { backwardGrid.shares }
  public var backwardChunks: Int { backwardGrid.chunks }
  public var sharesBackwardChunks: Bool { backwardGrid.isShared }
  /// Vectors that the workers then share: points of the windows, of the own tiles and of the products.
  public var backwardSharedVectors: Int {
    guard backwardGrid.isShared else { return 0 }
    return WinogradPoints<Float>.vectors(channels: windowChannels, tiles: backwardGrid.chunk)
      .plus(WinogradOwnPoints<Float>.count(tiles: backwardGrid.chunk, vectors: ownVectors))
      .plus(needsInputGradient ? WinogradPoints<Float>.vectors(channels: inputs, tiles: backwardGrid.chunk) : 0)
  }
  public var windowPlanes: Int { windowChannels }
  /// Steps of a shared chunk that transpose: vectors of channels times tiles.
  public func ownSteps(chunk: Int) -> Int { ownVectors * backwardGrid.tiles(ofChunk: chunk).count }

  /// All steps for a share of tiles.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func backward<Scalar: LaneScalar>(
    share: Int, _ pass: WinogradBackwardPass<Scalar>, scratch: Values<Lanes<Scalar>>
  ) {
    let sums = pass.partials.slice(share * partialVectors, count: partialVectors).pointer
    let memory = scratch.pointer + workVectors
    let windows = WinogradPoints(memory, channels: windowChannels, tiles: backwardGrid.chunk)
    let rest = memory + WinogradPoints<Scalar>.vectors(channels: windowChannels, tiles: backwardGrid.chunk)
    let own = WinogradOwnPoints(rest, tiles: backwardGrid.chunk, vectors: ownVectors)
    let chunks = backwardGrid.chunks(ofShare: share)
    for index in chunks {
      let chunk = backwardGrid.tiles(ofChunk: index)
      let isFirst = index == chunks.lowerBound
      for plane in 0..<windowChannels { windowPoints(chunk, plane, pass, into: windows, scratch.pointer) }
      for tile in chunk {
        for vector in 0..<ownVectors {
          ownPoints(tile, tile - chunk.lowerBound, vector, pass, into: own, scratch.pointer)
        }
      }
      for channel in 0..<outputs { addBias(chunk, channel, pass.gradient, to: sums + sumVectors, isFirst: isFirst) }
      let correlation = WinogradCorrelation(
        windows: windows, windowChannels: windowChannels, own: own, tiles: chunk.count, sums: sums, isFirst: isFirst)
      for point in 0..<WinogradTile.points { correlation.run(point: point) }
      if needsInputGradient { inputGradient(chunk, pass, windows, rest, scratch.pointer) }
    }
  }

  @inline(__always)
  private func inputGradient<Scalar: LaneScalar>(
    _ chunk: Range<Int>, _ pass: WinogradBackwardPass<Scalar>, _ windows: WinogradPoints<Scalar>,
    _ rest: UnsafeMutablePointer<Lanes<Scalar>>, _ scratch: UnsafeMutablePointer<Lanes<Scalar>>
  ) {
    let kernels = backwardKernels
    for group in 0..<Self.groups(of: kernels.blocks) {
      let group = Self.group(of: kernels.blocks, group)
      let channels =
        kernels.blocks.range(group.lowerBound).lowerBound..<kernels.blocks.range(group.upperBound - 1).upperBound
      let product = WinogradPoints(rest, channels: channels.count, tiles: backwardGrid.chunk)
      let work = WinogradProduct(
        kernels: kernels, weights: UnsafePointer(pass.kernels.pointer), operand: windows, product: product,
        tiles: chunk.count)
      for point in 0..<WinogradTile.points { work.run(point: point, blocks: group) }
      for channel in channels {
        store(
          chunk, channel, UnsafePointer(product.at(0, channel: channel - channels.lowerBound, tile: 0)),
          product.stride, pass, scratch)
      }
    }
  }

  /// The points of 6 x 6 tiles of one channel.
  @inline(__always)
  func windowPoints<Scalar: LaneScalar>(
    _ chunk: Range<Int>, _ channel: Int, _ pass: WinogradBackwardPass<Scalar>, into points: WinogradPoints<Scalar>,
    _ scratch: UnsafeMutablePointer<Lanes<Scalar>>
  ) {
    if needsInputGradient {
      windowPoints(
        chunk, plane(channel: channel, of: pass.gradient), channel, backwardGrid, offset: -2, into: points, scratch)
    } else {
      windowPoints(chunk, plane(channel, of: pass.input), channel, backwardGrid, offset: 0, into: points, scratch)
    }
  }

  /// Adds the pixels of one channel of the output's gradient that belong to the chunk's tiles; the last tile of a row or
  /// column takes what is left.
  @inline(never)
  func addBias<Scalar: LaneScalar>(
    _ chunk: Range<Int>, _ channel: Int, _ gradient: OutputGradient<Scalar>,
    to biases: UnsafeMutablePointer<Lanes<Scalar>>, isFirst: Bool
  ) {
    let plane = plane(channel: channel, of: gradient)
    var sum = isFirst ? Scalar.lanes(0) : biases[channel]
    @inline(__always) func own(_ tile: Int, _ count: Int, of tiles: Int, pixels: Int) -> Range<Int> {
      let first = min(4 &* tile, pixels)
      return first..<max(first, tile &+ count == tiles ? pixels : min(4 &* (tile &+ count), pixels))
    }
    WinogradTiles<Scalar>.forEachRun(chunk, of: backwardGrid) { row, column, _, count in
      sum = Scalar.sum(
        sum,
        plane.sum(
          rows: own(row, 1, of: backwardGrid.rows.tiles, pixels: plane.rows.count),
          columns: own(column, count, of: backwardGrid.columns.tiles, pixels: plane.columns.count)))
    }
    biases[channel] = sum
  }

  @inline(__always)
  func store<Scalar: LaneScalar>(
    _ chunk: Range<Int>, _ channel: Int, _ product: UnsafePointer<Lanes<Scalar>>, _ stride: Int,
    _ pass: WinogradBackwardPass<Scalar>, _ scratch: UnsafeMutablePointer<Lanes<Scalar>>
  ) {
    guard let inputGradient = pass.inputGradient else { return }
    let (place, phase) = (channel / phases, channel % phases)
    func unpadded(_ axis: WinogradAxis) -> WinogradAxis {
      WinogradAxis(first: axis.first, step: axis.step, count: axis.count, halo: 0)
    }
    let target = WinogradTarget(
      tensor: inputGradient, channel: place, rows: unpadded(rowAxis(phase, of: inputGradient)),
      columns: unpadded(columnAxis(phase, of: inputGradient)))
    let zero = Scalar.lanes(0)
    if let mask = pass.mask {
      target.store(
        chunk, of: backwardGrid, product, stride, zero, Masked(activation: UnsafePointer(mask.origin)), half: scratch)
    } else {
      target.store(chunk, of: backwardGrid, product, stride, zero, Plain(), half: scratch)
    }
  }
}
