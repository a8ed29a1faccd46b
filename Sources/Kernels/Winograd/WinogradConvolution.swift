import Tensors

/// A convolution by Winograd's minimal filtering F(4 x 4, 3 x 3): a tile of 6 x 6 pixels and a kernel of 3 x 3 become
/// values at 36 points each, whose products are the points of 4 x 4 outputs. An output and pair of channels then takes
/// 2.25 multiply-adds instead of nine. (A. Lavin, S. Gray: "Fast Algorithms for Convolutional Neural Networks", 2015.)
///
/// A stride of s is taken apart first: each of the s x s phases of the input is an image of its own, convolved without
/// stride by every s-th tap. A kernel fits if no phase has more than three taps a row or column.
///
/// - forward: points of the input, times the points of the kernels, back to 4 x 4 outputs.
/// - input's gradient: points of the output's gradient, times the points of the kernels turned round, back to 4 x 4
///   pixels of the input's gradient.
/// - weights' gradient, F(3 x 3, 4 x 4): points of the output's gradient, times the points of the 4 x 4 pixels of the
///   input that lie under it, summed over all tiles and images; back once at the end. One transform of the output's
///   gradient serves both. Where no input gradient is wanted the operands change places: 6 x 6 pixels of the input, 4 x 4
///   of the output's gradient.
///
/// No two tiles store the same pixel, so tiles can be shared out at will and every sum has one order.
public struct WinogradConvolution: Sendable {
  public let geometry: ConvolutionGeometry
  public let needsInputGradient: Bool
  let forwardGrid: WinogradGrid
  let backwardGrid: WinogradGrid

  /// Pairs of a phase of an input channel with an output channel that it can be planned for: so many kernels' points take
  /// 9 GB.
  private static let mostKernels = 1 << 26

  /// - Returns: nil if the kernel has too many taps, or there are too many kernels.
  public init?(_ geometry: ConvolutionGeometry, needsInputGradient: Bool) {
    let inputs = geometry.inputChannels.times(geometry.strideHeight).times(geometry.strideWidth)
    let outputs = geometry.outputChannels
    guard geometry.kernelHeight <= WinogradTile.taps * geometry.strideHeight,
      geometry.kernelWidth <= WinogradTile.taps * geometry.strideWidth,
      inputs.times(outputs) <= Self.mostKernels
    else { return nil }
    self.geometry = geometry
    self.needsInputGradient = needsInputGradient
    forwardGrid = WinogradGrid(
      rows: WinogradExtent(first: 0, count: geometry.outputHeight),
      columns: WinogradExtent(first: 0, count: geometry.outputWidth), kernels: 0)
    let kernels = inputs.times(outputs)
    backwardGrid =
      needsInputGradient
      ? WinogradGrid(
        rows: WinogradExtent(
          input: geometry.inputHeight, padding: geometry.paddingHeight, stride: geometry.strideHeight),
        columns: WinogradExtent(
          input: geometry.inputWidth, padding: geometry.paddingWidth, stride: geometry.strideWidth), kernels: kernels)
      : WinogradGrid(rows: forwardGrid.rows, columns: forwardGrid.columns, kernels: kernels)
  }

  /// Kernels of 3 x 3.
  public var kernels: Int { inputs * outputs }

  /// Channels of the phases.
  var inputs: Int { geometry.inputChannels * phases }
  var outputs: Int { geometry.outputChannels }
  var phases: Int { geometry.strideHeight * geometry.strideWidth }

  /// The weight gradient's operand that is read as tiles of 6 x 6, and the one that is read as tiles of 4 x 4.
  var windowChannels: Int { needsInputGradient ? outputs : inputs }
  var ownChannels: Int { needsInputGradient ? inputs : outputs }
  /// Vectors that hold a value for each channel of the latter.
  var ownVectors: Int { (ownChannels + laneCount - 1) / laneCount }

  /// What a pass has to do for one pack. Counts are kept in floating point, which cannot overflow.
  public struct Work: Sendable {
    /// Multiply-adds of sixteen lanes.
    public var products = 0.0
    /// Sums that the products are added up to.
    public var sums = 0.0
    public var correlations = 0.0
    /// Tiles of one channel, to their points or back.
    public var transforms = 0.0
    /// The same with pixels transposed, so that channels lie in the lanes.
    public var transposed = 0.0
    /// Points of kernels that are read or added to, once a chunk.
    public var kernelPoints = 0.0
  }

  public var forwardWork: Work {
    let (tiles, kernels) = (Double(forwardGrid.tiles), Double(inputs) * Double(outputs))
    var work = Work()
    work.products = tiles * kernels * Double(WinogradTile.points)
    work.sums = tiles * Double(outputs * WinogradTile.points)
    work.transforms = tiles * Double(inputs + outputs)
    work.kernelPoints = Double(forwardGrid.chunks) * kernels * Double(WinogradTile.points)
    return work
  }

  public var backwardWork: Work {
    let (tiles, kernels) = (Double(backwardGrid.tiles), Double(inputs) * Double(outputs))
    var work = Work()
    work.products = needsInputGradient ? tiles * kernels * Double(WinogradTile.points) : 0
    work.sums = needsInputGradient ? tiles * Double(inputs * WinogradTile.points) : 0
    work.correlations =
      tiles * Double(windowChannels) * Double(ownVectors * laneCount) * Double(WinogradTile.points)
    work.transforms = tiles * Double(needsInputGradient ? inputs + outputs : inputs)
    work.transposed = tiles * Double(ownVectors * laneCount)
    work.kernelPoints =
      Double(backwardGrid.chunks) * kernels * Double(WinogradTile.points) * (needsInputGradient ? 2 : 1)
    return work
  }
}

/// The sizes of F(4 x 4, 3 x 3).
enum WinogradTile {
  /// Outputs, taps and points of a row.
  static let outputs = 4
  static let taps = 3
  static let side = 6
  static let points = 36
}

/// Positions along one axis that are covered by tiles of four.
struct WinogradExtent: Sendable {
  let first: Int
  let count: Int

  init(first: Int, count: Int) {
    self.first = first
    self.count = count
  }

  /// The positions i of the phases of an input: pixel stride * i + phase - padding. Those that no phase has a pixel at are
  /// left out.
  init(input: Int, padding: Int, stride: Int) {
    first = padding / stride
    count = (input + padding + stride - 1) / stride - first
  }

  var tiles: Int { (count + WinogradTile.outputs - 1) / WinogradTile.outputs }
}

/// The tiles of an image in reading order, cut into chunks that are transformed together.
///
/// Images of many tiles are shared out by chunks: a worker takes its chunk through all of a pass, in its own caches. Images of
/// few tiles have too few chunks for that, and weights of many channels would need too many partial sums: there all workers go
/// through one chunk together, step by step, and each step is shared out by channels or points.
struct WinogradGrid: Sendable {
  let rows: WinogradExtent
  let columns: WinogradExtent
  /// The most tiles in a chunk.
  let chunk: Int
  /// Workers go through each chunk together.
  let isShared: Bool
  /// Chunks of one share, the last one perhaps fewer; they leave one partial sum of the weights' gradient behind.
  let chunksPerShare: Int

  /// Tiles that are worth a share of their own: sixteen chunks of four.
  private static let fewTiles = 64
  private static let chunkOfWorker = 4
  private static let chunkOfTeam = 16
  /// Points of kernels that all partial sums of a gradient hold together: 10 MB in single precision.
  private static let mostPartialPoints = 2_600_000
  private static let mostShares = 64
  private static let leastShares = 8

  /// - Parameter kernels: whose gradients are summed; 0 in the forward pass.
  init(rows: WinogradExtent, columns: WinogradExtent, kernels: Int) {
    self.rows = rows
    self.columns = columns
    let tiles = rows.tiles.times(columns.tiles)
    let partials = kernels.times(WinogradTile.points)
    let most = kernels == 0 ? Int.max : min(Self.mostShares, Self.mostPartialPoints / max(partials, 1))
    isShared = tiles < Self.fewTiles || most < Self.leastShares
    chunk = min(tiles, isShared ? Self.chunkOfTeam : Self.chunkOfWorker)
    let chunks = (tiles + chunk - 1) / chunk
    chunksPerShare = isShared ? chunks : (kernels == 0 ? 1 : (chunks + most - 1) / most)
  }

  var tiles: Int { rows.tiles * columns.tiles }
  var chunks: Int { (tiles + chunk - 1) / chunk }
  var shares: Int { (chunks + chunksPerShare - 1) / chunksPerShare }

  func tiles(ofChunk index: Int) -> Range<Int> { (index * chunk)..<min((index + 1) * chunk, tiles) }

  func chunks(ofShare index: Int) -> Range<Int> {
    (index * chunksPerShare)..<min((index + 1) * chunksPerShare, chunks)
  }

  /// Row and column of a tile.
  @inline(__always)
  func place(_ tile: Int) -> (row: Int, column: Int) {
    let across = columns.tiles
    return (tile / across, tile % across)
  }
}
