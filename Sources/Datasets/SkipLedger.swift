/// The images of a list that could not be used: each once, no more than a share of the list, and never all of them.
public struct SkipLedger: Sendable, Equatable {
  /// The number of images in the list.
  public let total: Int
  /// The share of them that may be missing.
  public let maximumShare: Double
  /// In the order in which they were met.
  public private(set) var skipped: [SkippedImage] = []
  private var indices: Set<Int>
  private var floor: ClassFloor?

  /// - Parameters:
  ///   - known: images found earlier, by a survey or before an interruption.
  ///   - floor: of the classes in the list, if each has to keep an image.
  public init(total: Int, maximumShare: Double, known: [SkippedImage] = [], floor: ClassFloor? = nil) {
    self.total = total
    self.maximumShare = maximumShare
    self.floor = floor
    skipped = known
    indices = Set(known.map(\.index))
    for index in indices { _ = self.floor?.leaveOut(index) }
  }

  /// Whether example `index` is in the ledger.
  public func contains(_ index: Int) -> Bool { indices.contains(index) }

  /// Enters an image.
  ///
  /// - Returns: whether it is new.
  /// - Throws: `.tooManySkipped` when the ledger then holds more than its share, `.noneUsable` when it holds the whole list
  ///   or a whole class of it, whatever the share.
  public mutating func record(_ image: SkippedImage) throws(DatasetError) -> Bool {
    guard indices.insert(image.index).inserted else { return false }
    skipped.append(image)
    // Compared as a quotient: 29.0 / 100 is exactly the double that `0.29` is read as, but 0.29 * 100 is less than 29.
    guard Double(skipped.count) / Double(max(total, 1)) <= maximumShare else {
      throw .tooManySkipped(skipped, of: total, share: maximumShare)
    }
    let emptied = floor?.leaveOut(image.index)
    if emptied != nil || skipped.count == total {
      throw .noneUsable(skipped, part: image.part, class: skipped.count == total ? nil : emptied)
    }
    return true
  }
}
