import Configuration
import DurableFiles

/// The table `path,label[,split,weight]`: a header in any order of columns, then one image a row.
struct LabelTable {
  private static let known = ["path", "label", "split", "weight"]
  /// What other tools call these columns.
  private static let synonyms = [
    "file": "path", "filename": "path", "file_name": "path", "image": "path", "class": "label", "target": "label",
    "labels": "label", "set": "split", "subset": "split", "part": "split", "sample_weight": "weight",
  ]

  private let source: SourceText
  private let folder: String
  private var columns: [String: Int] = [:]
  private var width = 0

  /// - Parameter folder: what the paths of the table are relative to.
  static func read(_ source: SourceText, folder: String) throws(DatasetError) -> [LabelledImage] {
    var reader = CommaSeparated(source)
    guard let header = try reader.next() else {
      throw source.error(at: source.start, "an empty table", cure: "begin it with the header path,label")
    }
    let table = try LabelTable(source, folder: folder, header: header)
    var images: [LabelledImage] = []
    while let fields = try reader.next() {
      images.append(try table.image(fields))
    }
    guard !images.isEmpty else {
      throw source.error(at: source.bytes.count, "no image below the header", cure: "add a row path,label for each")
    }
    return images
  }

  private init(_ source: SourceText, folder: String, header: [CommaSeparated.Field]) throws(DatasetError) {
    self.source = source
    self.folder = folder
    width = header.count
    for (index, field) in header.enumerated() {
      guard Self.known.contains(field.text) else {
        throw source.error(at: field.offset, "unknown column '\(field.text)'", cure: Self.cure(for: field.text))
      }
      guard columns.updateValue(index, forKey: field.text) == nil else {
        throw source.error(at: field.offset, "column '\(field.text)' occurs twice", cure: "keep one of them")
      }
    }
    for required in ["path", "label"] where columns[required] == nil {
      throw source.error(
        at: source.start, "no column '\(required)'", cure: "the first line is the header path,label[,split,weight]")
    }
  }

  private static func cure(for column: String) -> String {
    if column.contains(";") || column.contains("\t") { return "separate the columns with commas" }
    let columns = "the header is path,label[,split,weight]"
    let meant = synonyms[column.lowercased()] ?? closest(to: column, among: known)
    return meant.map { "did you mean '\($0)'? \(columns)" } ?? columns
  }

  private func image(_ fields: [CommaSeparated.Field]) throws(DatasetError) -> LabelledImage {
    guard fields.count == width, let path = field("path", of: fields), let label = field("label", of: fields) else {
      throw source.error(
        at: fields[0].offset, "a row of \(fields.count) under a header of \(width) columns",
        cure: "write one field a column; quote a field that contains a comma")
    }
    guard !label.text.isEmpty else {
      throw source.error(at: label.offset, "no label", cure: "write a class name, 0 or 1, or a probability")
    }
    return LabelledImage(
      folder: folder, name: try relativePath(path), label: label.text,
      weight: try field("weight", of: fields).map(weight) ?? 1, part: try field("split", of: fields).map(part),
      row: .init(table: source, path: path.offset, label: label.offset))
  }

  private func field(_ column: String, of fields: [CommaSeparated.Field]) -> CommaSeparated.Field? {
    columns[column].map { fields[$0] }
  }

  /// The path without empty and `.` components, so that one file has one name.
  private func relativePath(_ field: CommaSeparated.Field) throws(DatasetError) -> String {
    let components = ByteText(field.text).names.filter { $0 != "." }
    guard !components.isEmpty else {
      throw source.error(at: field.offset, "no path", cure: "name a file beneath the images folder")
    }
    guard !ByteText(field.text).isAbsolutePath else {
      throw source.error(
        at: field.offset, "an absolute path '\(field.text)'", cure: "write it relative to the images folder")
    }
    guard !components.contains("..") else {
      throw source.error(
        at: field.offset, "'\(field.text)' leaves the images folder",
        cure: "let images name a folder that holds all of them")
    }
    return components.joined(separator: "/")
  }

  private func weight(_ field: CommaSeparated.Field) throws(DatasetError) -> Float {
    guard let weight = Float(field.text), weight > 0, weight.isFinite else {
      throw source.error(
        at: field.offset, "weight '\(field.text)' is not a positive number", cure: "write 1 for an ordinary image")
    }
    return weight
  }

  private func part(_ field: CommaSeparated.Field) throws(DatasetError) -> Part {
    switch field.text {
    case "train", "training": return .training
    case "val", "validation": return .validation
    case "test": return .test
    default:
      throw source.error(
        at: field.offset, "unknown split '\(field.text)'", cure: "write train, validation (or val) or test")
    }
  }
}
