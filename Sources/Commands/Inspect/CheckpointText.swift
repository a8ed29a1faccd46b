import Charts
import Checkpoints
import DurableFiles
import Foundation
import Training

/// A checkpoint for people, in lines of some length.
struct CheckpointText {
  let report: CheckpointReport
  let columns: Int

  var text: String {
    let width = facts.map(\.name.count).max() ?? 0
    var blocks = [
      facts.map { fact in
        let margin = String(repeating: " ", count: width + 2)
        let lines = wrapped(fact.value, to: max(columns - width - 2, 20))
        return fact.name + margin.dropFirst(fact.name.count) + lines.joined(separator: "\n" + margin)
      }.joined(separator: "\n")
    ]
    if let job = report.origin.job {
      let yaml = job.yaml(width: columns - 2).split(separator: "\n").map { "  " + printable($0) }
      blocks.append((["the job, as a job file says it:"] + yaml).joined(separator: "\n"))
    }
    if !report.tensors.isEmpty { blocks.append(table) }
    if !report.remarks.isEmpty {
      blocks.append(report.remarks.flatMap { wrapped($0, to: columns) }.joined(separator: "\n"))
    }
    return blocks.joined(separator: "\n\n")
  }
}

// MARK: - Facts

extension CheckpointText {
  private var facts: [(name: String, value: String)] {
    let (metadata, origin) = (report.origin.metadata, report.origin)
    var facts = [(name: report.files.training == nil ? "file" : "checkpoint", value: printable(report.files.model))]
    func add(_ name: String, _ value: String?) {
      // A file from elsewhere may hold anything.
      if let value { facts.append((printable(name, limit: 40), printable(value))) }
    }
    add("tensors", contents)
    add("job", metadata["job"])
    add("step", metadata["step"])
    add("epoch", metadata["epoch"].map { epoch in metadata["epochs"].map { "\(epoch) of \($0)" } ?? epoch })
    add("validation loss", metadata["validation.loss"].map(Self.rounded))
    add("validation accuracy", metadata["validation.accuracy"].map(Self.percent))
    add("learning rate", metadata["learningRate"])
    add("classes", origin.classes.map(Self.list))
    add("normalization", origin.normalization.map(Self.normalization))
    add("data fingerprint", origin.fingerprint)
    add("decision", decision)
    if let checksum = origin.initialWeights { add("began with", "the weights of a file with the checksum \(checksum)") }
    for member in report.metadata where !Self.told.contains(member.key) && !RunIdentity.keys.contains(member.key) {
      add(member.key, member.value.split(separator: "\n").joined(separator: ", "))
    }
    add("trained further", origin.extensions)
    add("trained on", report.trained?.machine)
    add("trained by", report.trained?.version.map { "Kiln \($0)" })
    add("written by", origin.identityVersion.map { "Kiln, identity \($0)" })
    add(
      "checksum",
      report.hasChecksum ? "\(metadata[Safetensors.checksumKey] ?? ""), matches" : "none: not written by Kiln")
    add("training state", report.trainingValues.map { "\($0.grouped) values" })
    return facts
  }

  /// Told under a name of their own, in the table, or of use to nobody but the program.
  private static let told: Set = [
    "job", "step", "epoch", "epochs", "validation.loss", "validation.accuracy", "learningRate", "dataset.fingerprint",
    "network", "format", "classes", "mean", "deviation", "kiln.format", "kiln.state", "kiln.classes",
    Safetensors.checksumKey,
  ]

  /// `10, 89,551 values, all F32`
  private var contents: String {
    let types = report.types
    let kinds =
      types.count == 1
      ? "all \(types[0].name)" : types.map { "\($0.count) \($0.name)" }.joined(separator: ", ")
    let bad = report.nonFinite > 0 ? "; \(report.nonFinite.grouped) not finite" : ""
    return "\(report.tensors.count.grouped), \(report.parameters.grouped) values"
      + (types.isEmpty ? "" : ", \(kinds)") + bad
  }

  private var decision: String? {
    guard let decision = report.decision else { return nil }
    let threshold = decision.threshold.map { "class 1 from probability \(Float($0)) on" }
    let temperature = decision.temperature.map { "temperature \(Float($0))" }
    let aim = decision.aim.map { "for \($0)" }
    let chosen = "chosen on \(decision.images.grouped) images (\(decision.part))"
    let isOther = decision.model != report.origin.metadata[Safetensors.checksumKey]
    return [threshold, temperature, aim, chosen, isOther ? "but for another model: not used" : nil]
      .compactMap { $0 }.joined(separator: ", ")
  }

  private static func list(_ names: [String]) -> String {
    names.prefix(20).map { printable($0, limit: 60) }.joined(separator: ", ")
      + (names.count > 20 ? " and \((names.count - 20).grouped) more" : "")
  }

  private static func normalization(_ value: CheckpointOrigin.Normalization) -> String {
    func three(_ numbers: [Double]) -> String { numbers.map { "\(Float($0))" }.joined(separator: " ") }
    return "mean \(three(value.mean)), deviation \(three(value.deviation)) (red, green, blue of 0 to 1)"
  }

  private static func rounded(_ text: String) -> String {
    Double(text).map { String(format: "%.4f", $0) } ?? text
  }

  private static func percent(_ text: String) -> String {
    Double(text).map { String(format: "%.1f %%", $0 * 100) } ?? text
  }
}

// MARK: - The table

extension CheckpointText {
  private var table: String {
    let blank = figures(bars: nil).text(columns: columns)
    // What the figures leave is the histogram's, in a power of two of intervals.
    let width = blank.text.split(separator: "\n").map(\.count).max() ?? 0
    let bins = [64, 32, 16, 8].first { width - "histogram".count + $0 <= columns } ?? 8
    let (text, leftOut) = figures(bars: bins).text(columns: columns)
    guard !leftOut.isEmpty else { return text }
    let note = "left out in \(columns) columns: \(leftOut.joined(separator: ", ")); --json has all"
    return ([text] + wrapped(note, to: columns)).joined(separator: "\n")
  }

  /// - Parameter bars: how many intervals a histogram has; nil for none, with room for eight.
  private func figures(bars count: Int?) -> FittingTable {
    let tensors = report.tensors
    let statistics = tensors.map(\.statistics)
    var table = FittingTable("tensor", names: tensors.map(\.place.name))
    func add(_ title: String, rank: Int, _ cell: (TensorStatistics) -> String) {
      var cells: [String] = []
      for found in statistics { if let found { cells.append(cell(found)) } else { cells.append("-") } }
      table.add(title, rank: rank, cells)
    }
    let digits = columns < 120 ? 3 : 6
    func figure(_ value: Double?) -> String { value.map { shortest($0, digits: digits) } ?? "-" }
    if tensors.contains(where: { !$0.layer.isEmpty }) {
      table.add("layer", isNumeric: false, rank: 9, tensors.map(\.layer))
    }
    if report.types.count > 1 { table.add("type", isNumeric: false, rank: 0, tensors.map(\.place.typeName)) }
    table.add("shape", isNumeric: false, rank: 0, tensors.map { $0.place.shapeText })
    table.add("values", rank: 8, tensors.map { $0.place.count.grouped })
    add("minimum", rank: 1) { figure($0.minimum) }
    add("maximum", rank: 1) { figure($0.maximum) }
    add("mean", rank: 4) { figure($0.mean) }
    add("deviation", rank: 3) { figure($0.standardDeviation) }
    add("norm", rank: 7) { figure($0.norm) }
    add("zeros", rank: 6) { $0.shareOfZeros.map { fixed($0 * 100, $0 > 0 && $0 < 0.1 ? 1 : 0) + "%" } ?? "-" }
    if report.nonFinite > 0 { add("non-finite", rank: 0) { $0.nonFinite.grouped } }
    let shown = tensors.map { tensor in
      count.map { bars(tensor.survey?.histogram?.merged(to: $0) ?? []) } ?? "        "
    }
    table.add("histogram", isNumeric: false, rank: 2, shown)
    return table
  }
}

extension SafetensorsIndex.Tensor {
  /// `50x40x3x3`; `scalar` for one value without a shape.
  var shapeText: String { shape.isEmpty ? "scalar" : shape.map(String.init).joined(separator: "x") }
}

/// A number with so many significant digits, without zeros at its end, in powers of ten where that is shorter; a whole one
/// below a million with all of its digits.
func shortest(_ value: Double, digits: Int) -> String {
  let isWhole = value == value.rounded() && abs(value) < 1_000_000
  return String(format: isWhole ? "%.0f" : "%.\(digits)g", value)
}

/// A text in lines of at most so many characters, broken at blanks; a longer word stays whole.
func wrapped(_ text: String, to width: Int) -> [String] {
  var lines: [String] = []
  for word in text.split(separator: " ", omittingEmptySubsequences: false) {
    if let last = lines.last, last.count + 1 + word.count <= width {
      lines[lines.count - 1] += " " + word
    } else {
      lines.append(String(word))
    }
  }
  return lines
}
