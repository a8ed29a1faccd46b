/// A number for each of two axes: `3` stands for both, `[3, 5]` is height 3, width 5.
public struct Pair: Codable, Sendable, Hashable, CustomStringConvertible {
  public var height: Int
  public var width: Int

  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }

  public init(_ both: Int) {
    self.init(height: both, width: both)
  }

  /// As it is written in a document.
  public var description: String {
    height == width ? "\(height)" : "[\(height), \(width)]"
  }
}
