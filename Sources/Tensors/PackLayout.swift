/// Where the pixels of a pack lie: [channel][row][column], each a vector of sixteen images.
///
/// All strides count vectors. A halo of zeros on each side stands for padding, so that kernels
/// need no edge cases.
///
/// Strides that are multiples of the page would make neighbouring rows or channels fight for the same cache sets, so both
/// are moved off them. A page of 4 KiB holds 64 vectors of single precision, and a first-level cache finds a line by its
/// place in the page: pixels a multiple of the page apart share one set, which holds 8 or 12 lines, while a kernel of 9 rows
/// on 10 channels reads 90. The figures are of 23 November 2026, on two cores of an AMD EPYC (Zen 5).
/// - A row whose length is within four vectors of a multiple of the page (remainder 0 to 3, or 61 to 63) gets eight more:
///   256 columns become 264, as in the sketch that the kernels were developed on.
/// - A channel is brought to 17 vectors beyond a multiple of the page: ten channels of a block then begin 17 lines apart, in
///   ten different sets (17 is odd and has no factor in common with 64).
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
    var columns = shape.width.plus(halo.columns.times(2))
    if shape.height > 1 {
      let beyondPage = columns % vectorsInPage
      if columns >= vectorsInPage && (beyondPage < 4 || beyondPage > 60) { columns = columns.plus(8) }
    }
    rowStride = columns
    var plane = shape.height.plus(halo.rows.times(2)).times(columns)
    if plane >= vectorsInPage {
      plane = plane.plus(17 - plane % vectorsInPage + (plane % vectorsInPage > 17 ? vectorsInPage : 0))
    }
    channelStride = plane
  }

  /// Vectors to allocate, halo and padding included.
  public var vectorCount: Int { shape.channels.times(channelStride) }

  /// The vector of channel 0, row 0, column 0.
  public var origin: Int { halo.rows * rowStride + halo.columns }
}
