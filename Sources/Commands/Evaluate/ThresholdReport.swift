import Charts
import DurableFiles
import Figures
import Training

/// What some twenty thresholds would do, and the one that the answers are by.
struct ThresholdReport: Encodable {
  struct Row: Encodable {
    let threshold: Double
    let precision: OrNull<Double>
    let recall: OrNull<Double>
    let f1: OrNull<Double>
    let specificity: OrNull<Double>
    let truePositives: Int
    let falsePositives: Int
    let falseNegatives: Int
    let trueNegatives: Int
    /// The answers are by it.
    let isChosen: Bool

    init(_ point: ThresholdCurve.Point, isChosen: Bool) {
      let counts = point.counts
      threshold = point.threshold
      (precision, recall) = (OrNull(counts.precision), OrNull(counts.recall))
      (f1, specificity) = (OrNull(counts.f1), OrNull(counts.specificity))
      (truePositives, falsePositives) = (counts.truePositives, counts.falsePositives)
      (falseNegatives, trueNegatives) = (counts.falseNegatives, counts.trueNegatives)
      self.isChosen = isChosen
    }
  }

  /// Rising; nil if there is no such table.
  let rows: [Row]?
  /// Why there is none.
  let reason: String?
  private let positive: String

  init(_ evaluation: Evaluation, classes: [String]) {
    positive = classes.count == 2 ? classes[1] : ""
    guard classes.count == 2 else {
      rows = nil
      reason = "a threshold tells two classes apart, and there are \(classes.count)"
      return
    }
    guard let curve = evaluation.thresholds else {
      rows = nil
      reason = evaluation.answers.isEmpty ? "there are no images" : "an output of the network is no number"
      return
    }
    reason = nil
    let chosen = evaluation.rule.threshold
    let steps = ThresholdCurve.steps.filter { $0 != chosen } + (chosen.map { [$0] } ?? [])
    rows = steps.sorted().map { Row(curve.point(at: $0), isChosen: $0 == chosen) }
  }

  var text: String {
    guard let rows else { return "no table of thresholds: \(reason ?? "")" }
    var table = Table(
      [.right("threshold")] + ["precision", "recall", "f1", "specificity", "TP", "FP", "FN", "TN"].map { .right($0) })
    for row in rows {
      let shares = [row.precision, row.recall, row.f1, row.specificity].map { $0.value.map { fixed($0, 4) } ?? "-" }
      let counts = [row.truePositives, row.falsePositives, row.falseNegatives, row.trueNegatives].map(\.grouped)
      table.append([(row.isChosen ? "* " : "") + fixed(row.threshold, 4)] + shares + counts)
    }
    let mark = rows.contains(where: \.isChosen) ? "; * the one that the figures are by" : ""
    return """
      taken for '\(printable(positive))' from each threshold on\(mark)
      \(table.text)
      TP and FP are taken for class 1, rightly and wrongly; FN and TN for class 0,
      wrongly and rightly; specificity is the share of class 0 that is taken for it
      """
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(OrNull(rows))
  }
}
