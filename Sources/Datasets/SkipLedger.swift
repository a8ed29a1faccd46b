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
  private var reasons: [Int: String] = [:]

  public init(total: Int, maximumShare: Double) {
    self.total = total
    self.maximumShare = maximumShare
  }

  /// Why example `index` is in the ledger; nil if it is not.
  public func reason(at index: Int) -> String? { reasons[index] }

  /// Enters an image.
  ///
  /// - Returns: whether it is new.
  /// - Throws: `.tooManySkipped` when the ledger then holds more than its share.
  public mutating func record(_ image: SkippedImage, at index: Int) throws(DatasetError) -> Bool {
    guard reasons.updateValue(image.reason, forKey: index) == nil else { return false }
    skipped.append(image)
    guard Double(skipped.count) <= maximumShare * Double(total) else {
      throw .tooManySkipped(
        count: skipped.count, of: total, share: maximumShare, first: Array(skipped.prefix(Self.named)))
    }
    return true
  }
}
