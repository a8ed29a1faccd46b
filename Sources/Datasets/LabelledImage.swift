/// An image as a folder or a table lists it. What its label means follows from all labels together (`Labels`).
struct LabelledImage {
  var folder: String
  var name: String
  var label: String
  var weight: Float = 1
  var part: Part?
  /// The row of the table that it comes from; nil for an image found in a class folder.
  var row: Row?

  /// Where the row's path and label begin in the table, in bytes.
  struct Row {
    var table: SourceText
    var path: Int
    var label: Int
    /// The label is a name, whatever it looks like.
    var isName = false
  }

  /// The label counts as a number if it looks like one.
  var mayBeNumber: Bool { row.map { !$0.isName } ?? false }

  /// An error about the label, at the place where it was written.
  func labelError(_ problem: String, cure: String) -> DatasetError {
    row.map { $0.table.error(at: $0.label, problem, cure: cure) }
      ?? .unusable(path: "\(folder)/\(name)", problem: problem, cure: cure)
  }
}
