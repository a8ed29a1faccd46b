import ArgumentParser
import Charts
import Configuration
import DurableFiles
import Foundation
import Jobs
import Manifests
import RunFiles

/// `kiln compare`: runs side by side.
struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Put the curves and figures of runs side by side.",
    discussion: """
      RUN is a run's folder, or the ID of a job in the daemon's home. Runs may be of any length, interrupted, or still going on.
      Exit status: 0, or 66 if there is no such run.
      """)

  @Argument(help: "Folders of runs, or IDs.", completion: .directory) var runs: [String]
  @Option(help: "What the chart shows: \(ComparedMetric.allCases.map(\.rawValue).joined(separator: ", ")).")
  var metric: String?
  @Option(help: "Write the curves to this SVG file too.", completion: .file(extensions: ["svg"])) var svg: String?
  @Option(help: "Over the drawing.") var title: String?
  @Flag(help: "Print JSON.") var json = false
  @OptionGroup var place: HomeOption

  func validate() throws {
    if let metric, ComparedMetric(rawValue: metric) == nil {
      throw ValidationError("--metric is one of \(ComparedMetric.allCases.map(\.rawValue).joined(separator: ", "))")
    }
  }

  func run() throws {
    let compared = try orExit(66) { () throws(NoRun) in
      var compared: [ComparedRun] = []
      for run in runs { compared.append(try ComparedRun(try folder(of: run))) }
      return compared
    }
    let comparison = RunComparison(compared)
    let shown = metric.flatMap(ComparedMetric.init(rawValue:)) ?? comparison.standardMetric
    if let svg {
      let metrics = shown.rises ? [shown] : [shown, shown == .trainLoss ? .trainAccuracy : .validationAccuracy]
      let chart = ComparisonChart(
        title: title ?? "Runs side by side", runs: compared.map { ($0.name, $0.rows) }, metrics: metrics)
      try publish(chart.svg(), to: svg, .atomic)
    }
    print(json ? try prettyJSON(comparison.figures) : comparison.text(shown, inColour: Self.hasColour))
  }

  private func folder(of run: String) throws(NoRun) -> String {
    if (try? facts(at: "\(run)/metrics.jsonl")) != nil || run.contains("/") { return run }
    guard let job = try? place.spool.find(run) else { return run }
    return place.spool.run(job.id)
  }

  private static var hasColour: Bool {
    isatty(STDOUT_FILENO) != 0 && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
  }
}

/// A run that cannot be compared.
struct NoRun: Error, CustomStringConvertible {
  let description: String
}

/// What is known of a run from its folder.
struct ComparedRun {
  let name: String
  let rows: [MetricRow]
  let state: RunFiles.Progress.State?
  /// What its job file says, by path.
  let settings: [String: String]

  init(_ folder: String) throws(NoRun) {
    name = folder.split(separator: "/").last.map(String.init) ?? folder
    do { rows = try MetricsLog.read("\(folder)/metrics.jsonl").rows } catch {
      throw NoRun(description: "\(folder) is no run's folder: \(error)")
    }
    state = try? RunFiles.Progress(contentsOf: "\(folder)/progress.json").state
    let job = try? Document.parse(readFile("\(folder)/job.yaml", limit: Document.maximumBytes), file: "job.yaml")
    settings = Dictionary(
      (job?.leaves ?? []).map { ($0.path, $0.value) }, uniquingKeysWith: { first, _ in first })
  }

  var epochs: [EpochRow] { rows.compactMap { if case .epoch(let row) = $0 { row } else { nil } } }
}
