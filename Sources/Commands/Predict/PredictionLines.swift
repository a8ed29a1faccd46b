import Charts
import DurableFiles
import Training

/// The answers of `kiln predict`, a line an image, and how many there were of each.
struct PredictionLines {
  enum Format { case text, json, csv }

  private let format: Format
  private let network: TrainedNetwork
  private let rule: DecisionRule
  private var counts: [Int]
  /// Images that cannot be used, those that could not be read among them.
  private(set) var unusable = 0
  private(set) var unreadable = 0
  private var pathWidth = 5

  init(_ format: Format, _ network: TrainedNetwork, _ rule: DecisionRule) {
    self.format = format
    self.network = network
    self.rule = rule
    counts = network.classes.map { _ in 0 }
  }

  /// Makes the column of paths as wide as the widest of them.
  mutating func widen(to paths: [String]) {
    pathWidth = max(pathWidth, paths.lazy.map { printable($0).count }.max() ?? 0)
  }

  private var labelWidth: Int { max(5, network.classes.map { printable($0).count }.max() ?? 0) }

  /// What stands above the lines; nil if nothing does.
  var header: String? {
    switch format {
    case .json: nil
    case .csv:
      Self.separated(["path", "label", "probability"] + network.classes.map { "p(\($0))" } + outputNames + ["reason"])
    case .text:
      "\(ruleText)\n\n" + padded("path", pathWidth) + "  " + padded("label", labelWidth) + "  probability"
    }
  }

  private var outputNames: [String] { (0..<network.plan.output.count).map { "logit\($0)" } }

  private var ruleText: String {
    var text = "checkpoint of step \(network.step.grouped)"
    if let threshold = rule.threshold, network.classes.count == 2 {
      text += ", \(network.classes[1]) from a probability of \(threshold) on"
      if let decision = network.decision, decision.threshold == threshold {
        text += " (\(decision.aim.map { "\($0) " } ?? "")chosen on \(decision.images.grouped) \(decision.part) images)"
      }
    }
    return rule.temperature == 1 ? text : text + ", temperature \(fixed(rule.temperature, 3))"
  }

  /// What stands below the lines.
  var footer: String? {
    guard case .text = format else { return nil }
    let images = counts.reduce(0, +) + unusable
    let parts = zip(counts, network.classes).filter { $0.0 > 0 }.map { "\($1) \($0.grouped)" }
    let bad = unusable > 0 ? ["unusable \(unusable.grouped)"] : []
    return "\n\(images.grouped) \(images == 1 ? "image" : "images"): \((parts + bad).joined(separator: "; "))"
  }

  /// - Throws: if the answer cannot be written: there is no use in going on.
  mutating func tell(_ answer: FileAnswer, of path: String, on console: Console) throws {
    switch answer {
    case .predicted(let prediction): counts[prediction.label] += 1
    case .unusable(_, let isTransient):
      unusable += 1
      if isTransient { unreadable += 1 }
    }
    switch (format, answer) {
    case (.json, .predicted(let prediction)):
      try console.print(json: PredictionJSON(prediction, of: path, network.classes), .line)
    case (.json, .unusable(let reason, _)): try console.print(json: UnusableJSON(path: path, reason: reason), .line)
    case (.csv, _): console.print(csv(answer, of: path))
    case (.text, _): console.print(text(answer, of: path))
    }
    try console.finish()
  }

  private func text(_ answer: FileAnswer, of path: String) -> String {
    let shown = padded(printable(path), pathWidth) + "  "
    switch answer {
    case .predicted(let prediction):
      let label = padded(printable(network.classes[prediction.label]), labelWidth)
      return shown + label + "  " + fixed(prediction.probabilities[prediction.label], 4)
    case .unusable(let reason, _): return shown + "unusable: \(printable(reason))"
    }
  }

  private func csv(_ answer: FileAnswer, of path: String) -> String {
    switch answer {
    case .predicted(let prediction):
      let numbers = [prediction.probabilities[prediction.label]] + prediction.probabilities + prediction.outputs
      return Self.separated([path, network.classes[prediction.label]] + numbers.map { "\($0)" } + [""])
    case .unusable(let reason, _):
      let empty = [String](repeating: "", count: 2 + network.classes.count + network.plan.output.count)
      return Self.separated([path] + empty + [reason])
    }
  }

  private func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(width - text.count, 0))
  }

  /// RFC 4180: a cell with a comma or a quotation mark stands in quotation marks. Breaks in a name
  /// become blanks, so that an answer stays one line; `--json` has the name itself.
  private static func separated(_ cells: [String]) -> String {
    cells.map { printable($0) }.map { cell in
      cell.contains(",") || cell.contains("\"") ? "\"" + cell.replacing("\"", with: "\"\"") + "\"" : cell
    }.joined(separator: ",")
  }
}

private struct PredictionJSON: Encodable {
  let path: String
  let label: String
  /// Of the label.
  let probability: OrNull<Double>
  /// By class.
  let probabilities: [String: OrNull<Double>]
  /// The network's outputs.
  let logits: [OrNull<Double>]

  init(_ prediction: Prediction, of path: String, _ classes: [String]) {
    self.path = path
    label = classes[prediction.label]
    probability = OrNull(finite: prediction.probabilities[prediction.label])
    probabilities = Dictionary(
      zip(classes, prediction.probabilities).map { ($0, OrNull(finite: $1)) }, uniquingKeysWith: { first, _ in first })
    logits = prediction.outputs.map { OrNull(finite: $0) }
  }
}

private struct UnusableJSON: Encodable {
  let path: String
  let reason: String
}
