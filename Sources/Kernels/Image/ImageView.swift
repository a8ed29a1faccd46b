public import Tensors

/// Where the pixels of one image lie: [channel][row][column], in a frame of zeros so that no kernel needs edge cases.
///
/// Strides count scalars. Every row begins on a cache line, and rows and channels are an odd number of lines apart: rows of
/// the same tile, and channels that are stored together, then lie in different sets of the caches.
public struct ImageLayout: Sendable, Hashable {
  public let shape: Shape
  public let rowStride: Int
  public let channelStride: Int
  private let rowsBefore: Int
  private let columnsBefore: Int

  /// Rows and columns of zeros that somebody reads beyond the image.
  public struct Frame: Sendable, Hashable {
    public var above = 0
    public var left = 0
    public var below = 0
    public var right = 0

    public init() {}

    public func union(_ other: Frame) -> Frame {
      var frame = Frame()
      frame.above = max(above, other.above)
      frame.left = max(left, other.left)
      frame.below = max(below, other.below)
      frame.right = max(right, other.right)
      return frame
    }
  }

  public init(_ shape: Shape, frame: Frame = Frame()) {
    self.shape = shape
    rowsBefore = frame.above
    columnsBefore = (frame.left + laneCount - 1) / laneCount * laneCount
    func strideOf(_ scalars: Int) -> Int { ((scalars.plus(laneCount - 1) / laneCount) | 1).times(laneCount) }
    rowStride = strideOf(columnsBefore.plus(shape.width).plus(frame.right))
    channelStride = strideOf(rowsBefore.plus(shape.height).plus(frame.below).times(rowStride))
  }

  /// Scalars to allocate. Kernels may load a few registers beyond the last row.
  public var scalarCount: Int { shape.channels.times(channelStride).plus(4 * laneCount) }

  /// The scalar of channel 0, row 0, column 0.
  var origin: Int { rowsBefore * rowStride + columnsBefore }
}

/// One image in memory: the layout, and the pixel of channel 0, row 0, column 0.
public struct ImageView: @unchecked Sendable {
  public let layout: ImageLayout
  let memory: Values<Float>
  let origin: UnsafeMutablePointer<Float>
  let rowStride: Int
  let channelStride: Int
  public var channels: Int { layout.shape.channels }
  public var height: Int { layout.shape.height }
  public var width: Int { layout.shape.width }

  /// `memory` must hold `layout.scalarCount` scalars, begin on a cache line, and be zero at first.
  public init(_ memory: Values<Float>, layout: ImageLayout) {
    precondition(memory.count >= layout.scalarCount, "an image needs \(layout.scalarCount) scalars")
    self.memory = memory
    self.layout = layout
    origin = memory.pointer + layout.origin
    rowStride = layout.rowStride
    channelStride = layout.channelStride
  }

  /// The address of a pixel; row and column may lie in the frame.
  @inline(__always)
  func at(_ channel: Int, _ row: Int, _ column: Int) -> UnsafeMutablePointer<Float> {
    origin + (channel &* channelStride &+ row &* rowStride &+ column)
  }

  public subscript(_ channel: Int, _ row: Int, _ column: Int) -> Float {
    get { at(channel, row, column).pointee }
    nonmutating set { at(channel, row, column).pointee = newValue }
  }

  /// The image as if sixteen neighbouring columns were the same pixel of sixteen images. Kernels that treat every pixel by
  /// itself work on it as they work on packs; behind the last column they leave something in the frame, which
  /// `clearBehindColumns` takes away.
  public var columnsAsLanes: PackView<Float> {
    let vectors = UnsafeMutableRawPointer(memory.pointer).assumingMemoryBound(to: Lanes<Float>.self)
    return PackView(
      Values(vectors, count: memory.count / laneCount), origin: layout.origin / laneCount, channels: channels,
      height: height, width: (width + laneCount - 1) / laneCount, rowStride: rowStride / laneCount,
      channelStride: channelStride / laneCount)
  }

  /// Zero up to the next cache line behind every row of a channel.
  public func clearBehindColumns(channel: Int) {
    let end = (width + laneCount - 1) / laneCount * laneCount
    for row in 0..<height {
      for column in width..<end { at(channel, row, column).pointee = 0 }
    }
  }

  /// Copies one channel of the image into every lane of a pack, and back out of the first one.
  public func copy(channel: Int, into pack: PackView<Float>) {
    for row in 0..<height {
      let (source, target) = (at(channel, row, 0), pack.at(channel, row, 0))
      for column in 0..<width { target[column] = Lanes(repeating: source[column]) }
    }
  }

  public func copy(channel: Int, from pack: PackView<Float>) {
    for row in 0..<height {
      let (target, source) = (at(channel, row, 0), pack.at(channel, row, 0))
      for column in 0..<width { target[column] = source[column][0] }
    }
  }
}
