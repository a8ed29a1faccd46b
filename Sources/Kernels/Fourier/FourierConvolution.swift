import Tensors

/// A convolution by Fourier transforms of 16 x 16 tiles, where that takes less arithmetic than the direct one.
///
/// A stride of s is taken apart first: each of the s x s phases of the input is an image of its own, convolved
/// without stride by every s-th tap ("polyphase"). Then overlap-save, in all passes: a tile of the input gives
/// `side` x `side` outputs; a tile of the output's gradient gives `side` x `side` pixels of the input's gradient.
/// No two tiles store the same pixel, so tiles can be shared out at will and every sum has one order.
///
/// - forward: spectrum of the input, times the conjugate spectra of the weights, back.
/// - input's gradient: spectrum of the output's gradient, times the spectra of the weights, back.
/// - weights' gradient: spectrum of the input, times the conjugate spectrum of the output's gradient, summed over
///   all tiles and images; back once at the end.
public struct FourierConvolution: Sendable {
  public let geometry: ConvolutionGeometry
  /// Whether the gradient of the input is wanted, which decides how the backward pass cuts its tiles.
  public let needsInputGradient: Bool
  /// Rows and columns that a tile yields.
  public let side: Int
  let forwardGrid: TileGrid
  /// The forward pass as the cost model knows it, by larger chunks: the choice of an algorithm, and so bits, depend on it.
  private let costedForwardGrid: TileGrid
  let backwardGrid: TileGrid
  let gradientBlocks: GradientBlocks

  /// The yields that kernels are compiled for.
  static let sides = [14, 13, 12, 8]

  /// Pairs of a phase of an input channel with an output channel that it can be planned for. The spectra of so many
  /// kernels take two terabytes; the bound keeps every size that follows from it within an `Int`.
  private static let mostKernels = 1 << 30

  /// - Returns: nil if the kernel is too large for the tiles, or there are too many kernels.
  public init?(_ geometry: ConvolutionGeometry, needsInputGradient: Bool) {
    let taps = max(
      (geometry.kernelHeight + geometry.strideHeight - 1) / geometry.strideHeight,
      (geometry.kernelWidth + geometry.strideWidth - 1) / geometry.strideWidth)
    let inputs = geometry.inputChannels.times(geometry.strideHeight).times(geometry.strideWidth)
    guard let side = Self.sides.first(where: { $0 + taps - 1 <= FourierTile.side }),
      inputs.times(geometry.outputChannels) <= Self.mostKernels
    else { return nil }
    self.geometry = geometry
    self.needsInputGradient = needsInputGradient
    self.side = side
    gradientBlocks = GradientBlocks(outputs: geometry.outputChannels, inputs: inputs)
    costedForwardGrid = TileGrid(
      height: geometry.outputHeight, width: geometry.outputWidth, side: side,
      vectorsPerTile: FourierTile.frequencies * 2 * (inputs + geometry.outputChannels))
    forwardGrid = costedForwardGrid.nearby
    func positions(_ input: Int, _ padding: Int, _ stride: Int) -> Int { (input + padding + stride - 1) / stride }
    let vectorsPerTile = FourierTile.frequencies * (2 * inputs + 3 * geometry.outputChannels)
    backwardGrid =
      needsInputGradient
      ? TileGrid(
        height: positions(geometry.inputHeight, geometry.paddingHeight, geometry.strideHeight),
        width: positions(geometry.inputWidth, geometry.paddingWidth, geometry.strideWidth), side: side,
        vectorsPerTile: vectorsPerTile)
      : TileGrid(
        height: geometry.outputHeight, width: geometry.outputWidth, side: side, vectorsPerTile: vectorsPerTile)
  }

  /// Channels of the phases.
  var inputs: Int { geometry.inputChannels * phases }
  var outputs: Int { geometry.outputChannels }
  var phases: Int { geometry.strideHeight * geometry.strideWidth }

  /// What a pass has to do for one pack. Counts are kept in floating point, which is exact up to 2^53 and cannot overflow.
  public struct Work: Sendable {
    /// Multiply-adds of sixteen lanes.
    public var products = 0.0
    public var correlations = 0.0
    /// Tiles of one channel, to their spectra or back.
    public var transforms = 0.0
    /// Values of the kernels' spectra that are read, or gradients of them that are added to: all of them once a chunk.
    public var kernelValues = 0.0
  }

  public var forwardWork: Work {
    var work = Work()
    work.products = forwardGrid.tileCount * pairProducts
    work.transforms = forwardGrid.tileCount * Double(inputs + outputs)
    work.kernelValues = Double(costedForwardGrid.rows) * Double(costedForwardGrid.chunks) * pairProducts
    return work
  }

  public var backwardWork: Work {
    var work = Work()
    work.products = needsInputGradient ? backwardGrid.tileCount * pairProducts : 0
    work.correlations = backwardGrid.tileCount * pairProducts
    work.kernelValues = Double(backwardGrid.rows) * Double(backwardGrid.chunks) * pairProducts
    work.transforms = backwardGrid.tileCount * Double((needsInputGradient ? 2 : 1) * inputs + outputs)
    return work
  }

  /// Of one tile of every input with one of every output, by Gauss's three multiplications.
  private var pairProducts: Double { Double(3 * FourierTile.frequencies) * Double(inputs) * Double(outputs) }

  /// Vectors of scratch memory that a worker needs for one share.
  public var scratchVectors: Int {
    let forward =
      Spectra<Float>.vectors(tiles: forwardGrid.chunk, channels: inputs, width: 2)
      + Spectra<Float>.vectors(tiles: forwardGrid.chunk, channels: outputs, width: 2)
    let backward =
      Spectra<Float>.vectors(tiles: backwardGrid.chunk, channels: inputs, width: 2)
      + Spectra<Float>.vectors(tiles: backwardGrid.chunk, channels: outputs, width: 3)
      + gradientBlocks.scratchVectors(tiles: backwardGrid.chunk)
    let rows = max(forwardGrid.chunk, backwardGrid.chunk) * FourierTile.halfTransformed
    return max(forward, backward, weightVectors) + rows + 2 * FourierTile.side
  }
}

/// The tiles of an image: rows of tiles, each cut into chunks that are transformed together.
struct TileGrid: Sendable {
  let rows: Int
  let columns: Int
  private let vectorsPerTile: Int
  /// The most tiles in a chunk.
  private(set) var chunk: Int
  private(set) var chunks: Int

  init(height: Int, width: Int, side: Int, vectorsPerTile: Int) {
    rows = (height + side - 1) / side
    columns = (width + side - 1) / side
    self.vectorsPerTile = vectorsPerTile
    (chunk, chunks) = TileGrid.chunks(columns, most: TileGrid.vectorsPerChunk / vectorsPerTile)
  }

  private static func chunks(_ columns: Int, most: Int) -> (chunk: Int, chunks: Int) {
    let most = max(1, min(columns, most, 16))
    let chunks = (columns + most - 1) / most
    return ((columns + chunks - 1) / chunks, chunks)
  }

  /// The same tiles in smaller chunks, where a few of them then fit into a second-level cache. Not for sums over tiles,
  /// whose order depends on the chunks.
  var nearby: TileGrid {
    var grid = self
    let most = TileGrid.vectorsNearby / vectorsPerTile
    if most >= 3 { (grid.chunk, grid.chunks) = TileGrid.chunks(columns, most: most) }
    return grid
  }

  var tileCount: Double { Double(rows) * Double(columns) }

  /// Vectors of all spectra of a chunk, some 9 MB. Measured on one core: flat from 6 to 13 MB; smaller chunks spend
  /// their time on the sums over lanes.
  private static let vectorsPerChunk = 140_000

  /// Vectors of a chunk that stays in a second-level cache of 512 KB or 1 MB for the most part: three tiles of the homework's
  /// first layer (640 KB). Quiet runs on Zen 3 showed no difference in its forward pass; it has more shares.
  private static let vectorsNearby = 10_000

  func tiles(_ index: Int) -> Range<Int> { (columns * index / chunks)..<(columns * (index + 1) / chunks) }
}

/// Where along one axis of a tensor the slots of a tile lie.
struct TileAxis {
  /// Slot 0 of tile 0.
  let first: Int
  /// From one slot to the next.
  let step: Int
  /// Slots from one tile to the next.
  let side: Int
  /// Slots that are read or written; all others are zero.
  let used: Int
  /// Slots from `side` on lie before slot 0 rather than behind slot `side - 1`.
  let isRotated: Bool
  /// Positions that exist.
  let count: Int

  @inline(__always)
  func position(_ tile: Int, _ slot: Int) -> Int {
    let place = isRotated && slot >= side ? slot &- FourierTile.side : slot
    return first &+ (tile &* side &+ place) &* step
  }

  /// The tiles among `tiles` of which every used slot exists.
  func complete(_ tiles: Range<Int>) -> Range<Int> {
    let lowSlot = isRotated ? side - FourierTile.side : 0
    let highSlot = (isRotated ? side : used) - 1
    func isComplete(_ tile: Int) -> Bool {
      first + (tile * side + lowSlot) * step >= 0 && first + (tile * side + highSlot) * step < count
    }
    let lower = tiles.first(where: isComplete) ?? tiles.upperBound
    let upper = (lower..<tiles.upperBound).first { !isComplete($0) } ?? tiles.upperBound
    return lower..<upper
  }
}
