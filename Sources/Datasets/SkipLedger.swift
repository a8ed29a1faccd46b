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
  /// Whether too many images are an error.
  private let judges: Bool

  /// - Parameters:
  ///   - known: images found earlier, by a survey or before an interruption.
  ///   - floor: of the classes in the list, if each has to keep an image.
  public init(total: Int, maximumShare: Double, known: [SkippedImage] = [], floor: ClassFloor? = nil) {
    self.total = total
    self.maximumShare = maximumShare
    self.floor = floor
    judges = true
    skipped = known
    indices = Set(known.map(\.index))
    for index in indices { _ = self.floor?.leaveOut(index) }
  }

  /// A ledger that notes all bad images of a list, to be judged when all are known.
  public init(noting total: Int) {
    self.total = total
    maximumShare = 1
    judges = false
    indices = []
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
    guard judges else { return true }
    guard isWithinShare else {
      throw .tooManySkipped(skipped, of: total, share: maximumShare)
    }
    let emptied = floor?.leaveOut(image.index)
    if emptied != nil || skipped.count == total {
      throw .noneUsable(skipped, part: image.part, class: skipped.count == total ? nil : emptied)
    }
    return true
  }

  /// Compared as a quotient: 29.0 / 100 is exactly the double that `0.29` is read as, but 0.29 * 100 is less than 29.
  private var isWithinShare: Bool { Double(skipped.count) / Double(max(total, 1)) <= maximumShare }

  /// Judges a list whose bad images are all known, so that an error names all of them.
  ///
  /// - Throws: `.tooManySkipped` or `.noneUsable`, as `record`.
  public func judge(_ bad: [SkippedImage]) throws(DatasetError) {
    var ledger = self
    var emptied: DatasetError?
    do {
      for image in bad { _ = try ledger.record(image) }
    } catch {
      emptied = error
    }
    switch emptied {
    case nil: return
    case .noneUsable(_, let part, let name?) where bad.count < total:
      // The message names the last ones: those of the class.
      let members = bad.filter { floor?.className(of: $0.index) == name }
      throw .noneUsable(bad.filter { floor?.className(of: $0.index) != name } + members, part: part, class: name)
    case .noneUsable(_, let part, _): throw .noneUsable(bad, part: part, class: nil)
    default: throw .tooManySkipped(bad, of: total, share: maximumShare)
    }
  }
}
