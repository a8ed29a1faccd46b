import Charts

/// The table, the chart and the JSON of `kiln compare`.
struct RunComparison {
  let runs: [ComparedRun]

  init(_ runs: [ComparedRun]) { self.runs = runs }

  /// Of the validation, if any run has one.
  var standardMetric: ComparedMetric {
    runs.contains { $0.epochs.contains { $0.validationLoss != nil } } ? .validationLoss : .trainLoss
  }

  /// The paths at which the jobs differ, besides their names, in order.
  var differences: [String] {
    Set(runs.flatMap(\.settings.keys)).filter { path in
      path != "name" && Set(runs.map { $0.settings[path] }).count > 1
    }.sorted()
  }

  struct Figures: Encodable {
    let name: String
    let state: String?
    let epochs: Int
    let trainLoss: Double?
    let trainAccuracy: Double?
    let validationLoss: Double?
    let validationAccuracy: Double?
    let bestValidationLoss: Double?
    let bestValidationAccuracy: Double?
    let validationF1: Double?
    let validationRocAuc: Double?
    let imagesPerSecond: Double?
    /// What the jobs say differently.
    let settings: [String: String]
  }

  var figures: [Figures] {
    let differences = differences
    return runs.map { run in
      let last = run.epochs.last
      func finite(_ value: Double?) -> Double? { value.flatMap { $0.isFinite ? $0 : nil } }
      return Figures(
        name: run.name, state: run.state?.rawValue, epochs: run.epochs.count, trainLoss: finite(last?.trainLoss),
        trainAccuracy: finite(last?.trainAccuracy), validationLoss: finite(last?.validationLoss),
        validationAccuracy: finite(last?.validationAccuracy),
        bestValidationLoss: ComparedMetric.validationLoss.best(of: run.rows),
        bestValidationAccuracy: ComparedMetric.validationAccuracy.best(of: run.rows),
        validationF1: finite(last?.validationFigures?[.f1]),
        validationRocAuc: finite(last?.validationFigures?[.rocAuc]),
        imagesPerSecond: finite(last?.imagesPerSecond),
        settings: run.settings.filter { differences.contains($0.key) })
    }
  }

  /// The runs' figures, and what their jobs say differently.
  var tables: [String] { [table, settings].filter { !$0.isEmpty } }

  /// The curves; it names no run, but has escape sequences if it is in colour.
  func chart(_ metric: ComparedMetric, inColour: Bool) -> String {
    let curves = runs.map { RunCurve(name: $0.name, metric: metric, rows: $0.rows) }
    let chart = TerminalChart(curves, metric: metric).text { mark, run in
      inColour ? Self.painted(String(mark), run) : String(mark)
    }
    return "\(metric.title)\n\(chart)"
  }

  private var table: String {
    var table = Table([
      .left(""), .left("run"), .left("state"), .right("epochs"), .right("train loss"), .right("accuracy"),
      .right("val. loss"), .right("accuracy"), .right("F1"), .right("AUC"), .right("best loss"), .right("accuracy"),
      .right("images/s"),
    ])
    for (number, row) in figures.enumerated() {
      table.append([
        String(TerminalChart.marks[number % TerminalChart.marks.count]), row.name, row.state ?? "",
        "\(row.epochs)", loss(row.trainLoss), share(row.trainAccuracy), loss(row.validationLoss),
        share(row.validationAccuracy), share(row.validationF1), share(row.validationRocAuc),
        loss(row.bestValidationLoss), share(row.bestValidationAccuracy),
        row.imagesPerSecond.map { fixed($0, 0) } ?? "",
      ])
    }
    return table.text
  }

  /// What the jobs say differently; nothing if they are the same.
  private var settings: String {
    let differences = differences
    guard !differences.isEmpty, runs.count > 1 else { return "" }
    var table = Table(
      [.left("")] + runs.indices.map { .left(String(TerminalChart.marks[$0 % TerminalChart.marks.count])) })
    for path in differences {
      table.append(
        [path]
          + runs.map { run in
            let value = run.settings[path] ?? "–"
            return value.count > 24 ? value.prefix(23) + "…" : value
          })
    }
    return table.text
  }

  private func loss(_ value: Double?) -> String { value.map { $0 < 1e4 ? fixed($0, 4) : "\(Float($0))" } ?? "–" }
  private func share(_ value: Double?) -> String { value.map { fixed(100 * $0, 1) + "%" } ?? "–" }

  /// The eight colours of a terminal that are legible on black and on white.
  private static func painted(_ text: String, _ run: Int) -> String {
    "\u{1B}[\([34, 33, 32, 35, 36, 31][run % 6])m\(text)\u{1B}[0m"
  }
}
