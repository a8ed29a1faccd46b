import Datasets
import DurableFiles
import Training

/// What a network says of each image, as tab-separated values: a line an image below a header.
///
///     path  label  predicted  probability  p(bad)  p(ok)  reason
///
/// `path` begins at the images folder, or at the root if the images lie in several; `probability` is that of the predicted
/// class, and each `p(NAME)` that of a class. An image without an answer has a reason instead. Numbers are written so that
/// they read back as the same bits.
struct PredictionTable {
  private static let header = "path\tlabel\tpredicted\tprobability\t"

  let text: String

  init(_ evaluation: Evaluation, _ images: EvaluationImages, classes: [String]) {
    let all = images.examples + images.trained + images.unknown.flatMap(\.images)
    let isOneFolder = Set(all.map { ByteText($0.folder) }).count <= 1
    func row(_ example: Example, _ label: String, _ cells: [String]) -> [String] {
      [isOneFolder ? example.name : example.path, label] + cells
    }
    func label(_ example: Example) -> String {
      guard let index = Int(exactly: example.target), classes.indices.contains(index) else {
        return "\(example.target)"
      }
      return classes[index]
    }
    func empty(_ example: Example, _ label: String, _ reason: String) -> [String] {
      row(example, label, [String](repeating: "", count: 2 + classes.count) + [reason])
    }
    var rows = evaluation.answers.map { answer in
      let decision = answer.decision
      let chosen = [classes[decision], "\(answer.probabilities[decision])"]
      return row(answer.example, label(answer.example), chosen + answer.probabilities.map { "\($0)" } + [""])
    }
    rows += evaluation.skipped.map { skipped in
      empty(images.examples[skipped.index], label(images.examples[skipped.index]), skipped.reason)
    }
    rows += images.trained.map { empty($0, label($0), "left out: the run was trained on it") }
    for unknown in images.unknown {
      rows += unknown.images.map { empty($0, unknown.name, "left out: the network does not know its class") }
    }
    rows.sort { ByteText($0[0]) < ByteText($1[0]) }
    let names = classes.map { "p(\(Self.cell($0)))" } + ["reason"]
    text =
      Self.header + names.joined(separator: "\t") + "\n"
      + rows.map { $0.map(Self.cell).joined(separator: "\t") + "\n" }.joined()
  }

  /// - Throws: unless a table may be written to a path: nothing stands there yet, or an earlier table.
  static func requirePlace(_ path: String) throws {
    guard let found = try facts(at: path) else {
      let parent = ByteText(path).parent
      guard try facts(at: "\(parent)/.")?.kind == .directory else {
        throw CommandFailure("\(path): there is no folder \(parent)", .noInput)
      }
      return
    }
    let isOurs =
      try found.kind == .regular
      && (found.size == 0 || readFile(path, limit: largest).starts(with: header.utf8))
    guard isOurs else {
      throw CommandFailure("\(path) is no table of predictions, and is not overwritten; name another file", .badData)
    }
  }

  /// More than a line for each of some millions of images takes.
  private static let largest = 1 << 31

  /// Tabs and newlines cannot be in a cell.
  private static func cell(_ text: String) -> String { printable(text) }
}
