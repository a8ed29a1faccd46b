/// Where the pixels of a pack lie: [channel][row][column], each a vector of sixteen images.
///
/// All strides count vectors. A halo of zeros on each side stands for padding, so that kernels
/// need no edge cases. Strides that are multiples of the page would make neighbouring rows or
/// channels fight for the same cache sets, so both are nudged off them.
public struct PackLayout: Sendable, Hashable {
  public let shape: Shape
  public let halo: Halo
  public let rowStride: Int
  public let channelStride: Int

  /// Columns and rows of zeros on each side.
  public struct Halo: Sendable, Hashable {
    public var rows: Int
    public var columns: Int

    public init(rows: Int, columns: Int) {
      self.rows = rows
      self.columns = columns
    }

    public static let none = Halo(rows: 0, columns: 0)

    public func union(_ other: Halo) -> Halo {
      Halo(rows: max(rows, other.rows), columns: max(columns, other.columns))
    }
  }

  public init(_ shape: Shape, halo: Halo = .none) {
    self.shape = shape
    self.halo = halo
    let vectorsInPage = 64
    var columns = shape.width + 2 * halo.columns
    if shape.height > 1 {
      let beyondPage = columns % vectorsInPage
      if columns >= vectorsInPage && (beyondPage < 4 || beyondPage > 60) { columns += 8 }
    }
    rowStride = columns
    var plane = (shape.height + 2 * halo.rows) * columns
    if plane >= vectorsInPage { plane += 17 - plane % vectorsInPage + (plane % vectorsInPage > 17 ? vectorsInPage : 0) }
    channelStride = plane
  }

  /// Vectors to allocate, halo and padding included.
  public var vectorCount: Int { shape.channels * channelStride }

  /// The vector of channel 0, row 0, column 0.
  public var origin: Int { halo.rows * rowStride + halo.columns }
}
