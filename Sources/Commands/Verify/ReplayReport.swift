import Charts
import DurableFiles
import Foundation
import RunFiles
import Training

/// What a replay has found, for people and for programs.
struct ReplayReport: Encodable {
  struct Step: Encodable {
    let step: Int
    let divergences: Int
    /// The checkpoint before it, or nil for the job's start.
    let before: Int?
    /// Whether the job gives it; nil if the replay never came by.
    let reproduces: OrNull<Bool>
    /// Whether it follows from the checkpoint before it; nil if that could not be tried.
    let follows: OrNull<Bool>
    let tensors: [Tensor]
    let settings: [Setting]
  }

  struct Tensor: Encodable {
    let file: String
    let name: String
    let values: Int
    let count: Int
    let greatest: OrNull<Double>
    let first: [Int]
  }

  struct Setting: Encodable {
    let name: String
    let kept: OrNull<String>
    let replayed: OrNull<String>
  }

  struct Row: Encodable {
    let step: Int
    let difference: String
  }

  let from: Int
  let to: Int?
  let reproduces: Bool
  let steps: [Step]
  let rows: [Row]
  let comparedRows: Int
  let images: [String]
  let obstacle: OrNull<String>
  private let findings: ReplayFindings

  private enum CodingKeys: CodingKey { case from, to, reproduces, steps, rows, comparedRows, images, obstacle }

  init(_ findings: ReplayFindings) {
    self.findings = findings
    from = findings.start?.step ?? 0
    to = findings.steps.last?.place.step
    reproduces = findings.reproduces
    steps = findings.steps.map { Step($0) }
    rows = findings.rows.map { Row(step: $0.step, difference: $0.text) }
    comparedRows = findings.comparedRows
    images = findings.images
    obstacle = OrNull(findings.obstacle)
  }

  /// A line a checkpoint.
  var text: String {
    var table = Table([.left("checkpoint"), .left("by the job"), .left("from the one before"), .left("differs in")])
    for step in findings.steps {
      let difference = step.fromStart.flatMap { $0.isEmpty ? nil : $0 } ?? step.fromBefore
      table.append([
        "\(step.place)", step.fromStart == nil ? "not reached" : step.reproduces ? "same bits" : "OTHER",
        step.fromBefore == nil ? "not tried" : step.follows ? "follows" : "DOES NOT FOLLOW",
        difference.map { $0.names } ?? "",
      ])
    }
    return table.text
  }
}

extension ReplayReport.Step {
  fileprivate init(_ step: ReplayFindings.Step) {
    self.step = step.place.step
    divergences = step.place.divergences
    before = step.before?.step
    reproduces = OrNull(step.fromStart?.isEmpty)
    follows = OrNull(step.fromBefore?.isEmpty)
    let shown = step.fromStart.flatMap { $0.isEmpty ? nil : $0 } ?? step.fromBefore
    let files = [(CheckpointFile.model, shown?.model ?? []), (.training, shown?.optimizer ?? [])]
    tensors = files.flatMap { file, differences in
      differences.map { difference in
        ReplayReport.Tensor(
          file: file.rawValue, name: difference.name, values: difference.values, count: difference.count,
          greatest: OrNull(finite: difference.greatest), first: difference.first)
      }
    }
    settings = (shown?.settings ?? []).map {
      ReplayReport.Setting(name: $0.name, kept: OrNull($0.kept), replayed: OrNull($0.replayed))
    }
  }
}

extension ReplayDifference {
  /// What differs first, and how much else does: `3.weight and 20 more`.
  fileprivate var names: String {
    let names = (model + optimizer).map(\.name) + settings.map(\.name)
    return (names.first ?? "") + (names.count > 1 ? " and \((names.count - 1).grouped) more" : "")
  }

  /// The first few things that differ: `3.weight (1 of 45 values, by 1.2e-07, first [0, 2, 1])`.
  func text(most: Int) -> String {
    let words =
      (model + optimizer).map { tensor in
        let place = tensor.first.map(String.init).joined(separator: ", ")
        let distance = tensor.greatest.isFinite ? String(format: "%.1e", tensor.greatest) : "no finite number"
        return
          "\(tensor.name) (\(tensor.values.grouped) of \(tensor.count.grouped) values, by \(distance), first [\(place)])"
      }
      + settings.map { setting in
        "\(setting.name) (\(Self.clipped(setting.kept)), replayed \(Self.clipped(setting.replayed)))"
      }
    let rest = words.count - most
    return words.prefix(most).joined(separator: ", ") + (rest > 0 ? " and \(rest.grouped) more" : "")
  }

  private static func clipped(_ text: String?) -> String {
    guard let text else { return "nothing" }
    let line = text.replacing("\n", with: " ")
    return line.count > 40 ? line.prefix(39) + "…" : line
  }
}

extension RowDifference {
  /// `loss is 0.25, replayed 0.1506`.
  var text: String {
    guard let kept else { return "it is missing" }
    // Flat objects: a value holds no comma before a quotation mark.
    func members(_ row: MetricRow) -> [String: String] {
      let pairs = row.json.dropFirst(2).dropLast().components(separatedBy: ",\"").map {
        $0.components(separatedBy: "\":")
      }
      return Dictionary(pairs.map { ($0[0], $0.last ?? "") }, uniquingKeysWith: { first, _ in first })
    }
    let (own, others) = (members(kept), members(replayed))
    let keys = Set(others.keys).filter { own[$0] != others[$0] && !Self.times.contains($0) && !$0.hasSuffix("Seconds") }
    return keys.sorted().prefix(3).map { "\($0) is \(own[$0] ?? "not there"), replayed \(others[$0] ?? "nothing")" }
      .joined(separator: "; ")
  }

  private static let times: Set = ["imagesPerSecond", "seconds", "waitShare"]

  var name: String {
    switch replayed {
    case .step(let row): "step \(row.step)"
    case .epoch(let row): "epoch \(row.epoch)"
    case .test: "the test"
    }
  }
}
