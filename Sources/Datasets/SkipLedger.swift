/// The images of a list that could not be used: each once, and no more than a share of the list.
public struct SkipLedger: Sendable, Equatable {
  /// How many images an error names.
  private static let named = 5

  /// The number of images in the list.
  public let total: Int
  /// The share of them that may be missing.
  public let maximumShare: Double
  /// In the order in which they were met.
  public private(set) var skipped: [SkippedImage] = []
  private var indices: Set<Int>

  /// - Parameter known: images found earlier, by a survey or before an interruption.
  public init(total: Int, maximumShare: Double, known: [SkippedImage] = []) {
    self.total = total
    self.maximumShare = maximumShare
    skipped = known
    indices = Set(known.map(\.index))
  }

  /// Whether example `index` is in the ledger.
  public func contains(_ index: Int) -> Bool { indices.contains(index) }

  /// Enters an image.
  ///
  /// - Returns: whether it is new.
  /// - Throws: `.tooManySkipped` when the ledger then holds more than its share.
  public mutating func record(_ image: SkippedImage) throws(DatasetError) -> Bool {
    guard indices.insert(image.index).inserted else { return false }
    skipped.append(image)
    // Compared as a quotient: 29.0 / 100 is exactly the double that `0.29` is read as, but 0.29 * 100 is less than 29.
    guard Double(skipped.count) / Double(max(total, 1)) <= maximumShare else {
      throw .tooManySkipped(
        count: skipped.count, of: total, share: maximumShare, first: Array(skipped.prefix(Self.named)))
    }
    return true
  }
}
