import Configuration
import DurableFiles

/// The table `path,label[,split,weight]`, separated by commas or tabs: a header in any order of columns, then one image a
/// row. In place of `label` it may have `class`, whose values are names whatever they look like. Data.tsv of a run is such a
/// table: its column `read` is for people alone, and its column `pixels` for `kiln verify`.
struct LabelTable {
  private static let known = [
    "path", "label", "class", "split", "weight", DataAccount.readColumn, DataAccount.pixelsColumn,
  ]
  /// What other tools call these columns.
  private static let synonyms = [
    "file": "path", "filename": "path", "file_name": "path", "image": "path", "target": "label", "labels": "label",
    "classes": "class", "set": "split", "subset": "split", "part": "split", "sample_weight": "weight",
  ]
  private static let header = "the header is path,label[,split,weight]"

  private let source: SourceText
  private let folder: String
  private var columns: [String: Int] = [:]
  private var width = 0

  /// - Parameter folder: what the paths of the table are relative to.
  static func read(_ source: SourceText, folder: String) throws(DatasetError) -> Listing {
    var reader = SeparatedValues(source)
    guard let header = try reader.next() else {
      throw source.error(at: source.start, "an empty table", cure: "begin it with the header path,label")
    }
    let table = try LabelTable(source, folder: folder, header: header)
    var listing = Listing()
    while let fields = try reader.next() { try table.read(fields, into: &listing) }
    guard !listing.images.isEmpty else {
      let rest = listing.passedOver.isEmpty ? "" : " that belongs to a part"
      throw source.error(
        at: source.bytes.count, "no image below the header\(rest)", cure: "add a row path,label for each")
    }
    return listing
  }

  private init(_ source: SourceText, folder: String, header: [SeparatedValues.Field]) throws(DatasetError) {
    self.source = source
    self.folder = folder
    width = header.count
    for (index, field) in header.enumerated() {
      guard Self.known.contains(field.text) else {
        let problem = field.text.isEmpty ? "a column without a name" : "unknown column '\(field.text)'"
        throw source.error(at: field.offset, problem, cure: Self.cure(for: field.text))
      }
      guard columns.updateValue(index, forKey: field.text) == nil else {
        throw source.error(at: field.offset, "column '\(field.text)' occurs twice", cure: "keep one of them")
      }
    }
    if let label = columns["label"], columns["class"] != nil {
      throw source.error(
        at: header[label].offset, "the columns 'label' and 'class' say the same",
        cure: "keep class if the values are names, else label")
    }
    for required in ["path", "label"] where columns[required] == nil && (required == "path" || columns["class"] == nil)
    {
      throw source.error(
        at: source.start, "no column '\(required)'", cure: "the first line is the header path,label[,split,weight]")
    }
  }

  private static func cure(for column: String) -> String {
    if column.isEmpty {
      return "if it is an index that pandas wrote, save with `to_csv(…, index=False)`; else name it: \(header)"
    }
    if column.contains(";") { return "separate the columns with commas or tabs" }
    let meant = synonyms[column.lowercased()] ?? closest(to: column, among: known)
    return meant.map { "did you mean '\($0)'? \(header)" } ?? header
  }

  private func read(_ fields: [SeparatedValues.Field], into listing: inout Listing) throws(DatasetError) {
    guard fields.count == width, let path = field("path", of: fields),
      let label = field("label", of: fields) ?? field("class", of: fields)
    else { throw unevenRow(fields) }
    let split = try field("split", of: fields).map(split)
    let name = try relativePath(path)
    if case .some(.none) = split {
      listing.passedOver.append(PassedOver(folder: folder, path: name, reason: .excluded))
      return
    }
    guard !label.text.isEmpty else {
      throw source.error(at: label.offset, "no label", cure: "write a class name, 0 or 1, or a probability")
    }
    let weight = try field("weight", of: fields).map(weight) ?? 1
    listing.images.append(
      LabelledImage(
        folder: folder, name: name, label: label.text, weight: weight, part: split ?? nil,
        row: .init(table: source, path: path.offset, label: label.offset, isName: columns["class"] != nil)))
  }

  private func unevenRow(_ fields: [SeparatedValues.Field]) -> DatasetError {
    let pair = zip(fields, fields.dropFirst()).first { whole, fraction in
      Self.isDigits(whole.text) && Self.isDigits(fraction.text)
    }
    if fields.count > width, let (whole, fraction) = pair {
      return source.error(
        at: whole.offset,
        "a row of \(fields.count) under a header of \(width) columns, with a decimal comma: \(whole.text),\(fraction.text)",
        cure: "write \(whole.text).\(fraction.text)")
    }
    return source.error(
      at: fields[0].offset, "a row of \(fields.count) under a header of \(width) columns",
      cure: "write one field a column; quote a field that contains a comma")
  }

  private static func isDigits(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }

  private func field(_ column: String, of fields: [SeparatedValues.Field]) -> SeparatedValues.Field? {
    columns[column].map { fields[$0] }
  }

  private func weight(_ field: SeparatedValues.Field) throws(DatasetError) -> Float {
    guard let weight = Float(field.text), weight > 0, weight.isFinite else {
      throw source.error(
        at: field.offset, "weight '\(field.text)' is not a positive number",
        cure: Labels.decimalPoint(field.text).map { "write \($0)" } ?? "write 1 for an ordinary image")
    }
    return weight
  }

  /// Nil for a row that belongs to no part.
  private func split(_ field: SeparatedValues.Field) throws(DatasetError) -> Part? {
    if field.text == DataAccount.noPart { return nil }
    guard let part = PartName.part(of: field.text) else {
      throw source.error(
        at: field.offset, "unknown split '\(field.text)'",
        cure: "write train, validation (or val) or test, or none for an image that is not used")
    }
    return part
  }
}

/// Paths of the table.
extension LabelTable {
  /// The path without empty and `.` components, so that one file has one name.
  private func relativePath(_ field: SeparatedValues.Field) throws(DatasetError) -> String {
    let path = ByteText(field.text)
    let components = path.names.filter { $0 != "." }
    guard !components.isEmpty else {
      throw source.error(at: field.offset, "no path", cure: "name a file beneath the images folder")
    }
    guard !path.isAbsolutePath, !isOfWindows(field.text), !field.text.contains("://") else {
      throw source.error(at: field.offset, "an absolute path '\(field.text)'", cure: cure(forAbsolute: field.text))
    }
    guard !components.contains("..") else {
      throw source.error(
        at: field.offset, "'\(field.text)' leaves the images folder",
        cure: "let images name a folder that holds all of them")
    }
    return components.joined(separator: "/")
  }

  /// `C:\` or `C:/`.
  private func isOfWindows(_ path: String) -> Bool {
    let start = Array(path.utf8.prefix(3))
    return start.count == 3 && start[1] == UInt8(ascii: ":")
      && [UInt8(ascii: "\\"), UInt8(ascii: "/")].contains(start[2])
  }

  private func cure(forAbsolute path: String) -> String {
    if path.contains("://") { return "fetch the file, and write its path relative to the images folder" }
    let rest = ByteText(path).after(prefix: folder + "/")
    return rest.map { "write '\($0)', relative to the images folder" } ?? "write it relative to the images folder"
  }
}
