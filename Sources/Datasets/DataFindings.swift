import DurableFiles
import Images

/// What is remarkable about a set: a line for each, and names for those who look closer.
extension DataAccount {
  public struct Remark: Sendable {
    public let text: String
    /// In the order of the account.
    public let paths: [String]
  }

  /// The most remarkable first.
  public var remarks: [Remark] {
    warnings.map { Remark(text: $0, paths: []) }
      + [faulty, conflicting, repeated, transparent, uniform, ignored]
      .compactMap { $0 }
  }

  private var faulty: Remark? {
    remark(rows.filter { $0.fault != nil }) { "\($0) cannot be used" }
  }

  private var transparent: Remark? {
    let what =
      switch background {
      case .white: "laid over white"
      case .black: "laid over black"
      case .colour(let red, let green, let blue): "laid over [\(red), \(green), \(blue)]"
      case .drop: "shown without their transparency"
      }
    return remark(rows.filter { $0.finding?.notes.isTransparent == true }) { "\($0) are transparent, \(what)" }
  }

  private var uniform: Remark? {
    remark(rows.filter { $0.finding?.isUniform == true }) { "\($0) have one colour throughout" }
  }

  /// Images to validate or test that are trained on too, which makes figures better than they are.
  private var repeated: Remark? {
    let copies = twins.filter { row, twin in twin != nil && row.part != .training }.map(\.row)
    return remark(copies) { "\($0) to validate or test have the same pixels as others to train on" }
  }

  private var conflicting: Remark? {
    var labels: [UInt64: Set<Int>] = [:]
    for row in contentful { labels[row.finding?.checksum ?? 0, default: []].insert(row.classIndex) }
    let doubtful = contentful.filter { (labels[$0.finding?.checksum ?? 0]?.count ?? 0) > 1 }
    return remark(doubtful) { "\($0) have the same pixels as others of another class" }
  }

  private var ignored: Remark? {
    guard !passedOver.isEmpty else { return nil }
    let kept = Set(passedOver.filter { $0.reason == .housekeeping }.map { ByteText(ByteText($0.path).lastName) })
      .sorted()
    let names =
      kept.isEmpty ? "" : " (\(kept.prefix(3).map(\.text).joined(separator: ", "))\(kept.count > 3 ? ", …" : ""))"
    let reasons = Self.list(passedOver.map(\.reason))
    let word = PassedOver.Reason.housekeeping.description
    return Remark(
      text: "passed over: " + reasons.replacing(word, with: word + names), paths: passedOver.map(\.path))
  }

  private func remark(_ rows: [Row], _ text: (String) -> String) -> Remark? {
    guard !rows.isEmpty else { return nil }
    return Remark(text: text("\(rows.count) of \(self.rows.count) images"), paths: rows.map(\.path))
  }

  /// Images whose content can be compared: those of one colour all look alike.
  private var contentful: [Row] { rows.filter { $0.finding?.isUniform == false } }

  /// Each row with the first image to train on that has the same pixels, if it is to be validated or tested.
  private var twins: [(row: Row, twin: Row?)] {
    var trained: [UInt64: Row] = [:]
    for row in contentful where row.part == .training {
      if let checksum = row.finding?.checksum, trained[checksum] == nil { trained[checksum] = row }
    }
    return rows.map { row in
      guard row.part != .training, let finding = row.finding, !finding.isUniform else { return (row, nil) }
      return (row, trained[finding.checksum])
    }
  }
}

/// data.tsv: the account as a table, which `labels` accepts.
extension DataAccount {
  static let readColumn = "read"
  /// The checksum of the square that an image became, by which it can be told from another one in its place.
  static let pixelsColumn = "pixels"
  /// The word of the column split for what belongs to no part.
  static let noPart = "none"

  public var table: String {
    let label = hasNamedClasses ? "class" : "label"
    var lines = [TabSeparated.line(["path", label, "split", "weight", Self.readColumn, Self.pixelsColumn])]
    let images = twins.map { row, twin in
      (
        path: row.path,
        fields: [
          row.path, row.label, row.part.rawValue, Self.number(row.weight), Self.words(row, twin, background),
          row.finding.map { Self.hexadecimal($0.checksum) } ?? "",
        ]
      )
    }
    let others = passedOver.map {
      (path: $0.path, fields: [$0.path, "", Self.noPart, "1", "passed over: \($0.reason.description)", ""])
    }
    for line in (images + others).sorted(by: { ByteText($0.path) < ByteText($1.path) }) {
      lines.append(TabSeparated.line(line.fields))
    }
    return lines.joined()
  }

  private static func hexadecimal(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// How an image was read: "PNG 300 x 300".
  private static func words(_ row: Row, _ twin: Row?, _ background: ImageReading.Background) -> String {
    if let fault = row.fault { return "not usable: \(fault)" }
    guard let finding = row.finding else { return "" }
    let notes = finding.notes
    var words = ["\(notes.format) \(notes.width) x \(notes.height)"]
    if notes.reduction > 1 { words.append("decoded at 1/\(notes.reduction)") }
    if notes.symmetry != .identity { words.append("turned upright (orientation \(notes.symmetry.rawValue))") }
    if notes.isTransparent { words.append(background == .drop ? "transparency dropped" : "transparent") }
    if finding.isUniform { words.append("one colour") }
    if let twin { words.append("same pixels as \(twin.path), which is trained on") }
    return words.joined(separator: ", ")
  }

  /// The lines of a job file that repeat this division of the images, wherever the folder lies.
  /// - Parameter table: the path of data.tsv.
  public func pinned(as table: String) -> [String] {
    var lines = ["images: \(folder)", "labels: \(table)"]
    // Without an image to validate in the table, a share would be chosen.
    if !rows.contains(where: { $0.part == .validation }) { lines.append("validation: 0") }
    return lines
  }
}
