import ArgumentParser
import Charts
import Configuration
import DurableFiles
import Jobs
import Manifests
import RunFiles

/// `kiln compare`: runs side by side.
struct Compare: Command {
  static let configuration = CommandConfiguration(
    abstract: "Put the curves and figures of runs side by side.",
    discussion: """
      RUN is a run's folder, or the ID of a job in the daemon's home. Runs may be of any length, interrupted, or still going on.
      Example: kiln compare runs/a runs/b --svg curves.svg
      Exit status: 0, 66 if there is no such run, 65 if its metrics cannot be understood, 74 if a file cannot be read or written.
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

  func run(on console: Console) throws {
    let compared = try runs.map { try ComparedRun(try folder(of: $0, console)) }
    for problem in compared.flatMap(\.problems) { console.complain("kiln: \(problem)") }
    let comparison = RunComparison(compared)
    let shown = metric.flatMap(ComparedMetric.init(rawValue:)) ?? comparison.standardMetric
    if let svg {
      let metrics = shown.rises ? [shown] : [shown, shown == .trainLoss ? .trainAccuracy : .validationAccuracy]
      let chart = ComparisonChart(
        title: title ?? "Runs side by side", runs: compared.map { ($0.name, $0.rows) }, metrics: metrics)
      try publish(chart.svg(), to: svg, .atomic)
    }
    guard !json else { return try console.print(json: comparison.figures) }
    for table in comparison.tables { console.print(table + "\n") }
    console.print(painted: comparison.chart(shown, inColour: console.hasColour))
  }

  /// A folder as it is named; else that of a job in the daemon's home, if there is a home and such a job.
  private func folder(of run: String, _ console: Console) throws -> String {
    if try run.contains("/") || facts(at: RunFolder(run)[.metrics]) != nil { return run }
    let spool = place.spool(console)
    guard try facts(at: spool.requests) != nil else { return run }
    do throws(JobError) {
      return spool.run(try spool.find(run).id)
    } catch .unknown {
      return run
    }
  }
}

/// What is known of a run from its folder.
struct ComparedRun {
  let name: String
  let rows: [MetricRow]
  let state: RunFiles.Progress.State?
  /// What its job file says, by path.
  let settings: [String: String]
  /// What cannot be told of it, and why.
  let problems: [String]

  init(_ folder: String) throws {
    name = ByteText(folder).names.last ?? folder
    do throws(MetricsError) {
      rows = try MetricsLog.read(RunFolder(folder)[.metrics]).rows
    } catch {
      throw CommandFailure("\(folder) is no run's folder: \(error)", error.exitStatus)
    }
    var problems: [String] = []
    /// A run that has no such file is told of without it; one that cannot be read is named.
    func ifThere<Value>(_ file: RunFile, _ read: (String) throws -> Value) throws -> Value? {
      let path = RunFolder(folder)[file]
      guard try facts(at: path) != nil else { return nil }
      do { return try read(path) } catch { problems.append("\(error)") }
      return nil
    }
    state = try ifThere(.progress) { try RunFiles.Progress(contentsOf: $0).state }
    let job = try ifThere(.job) { path in
      try Document.parse(readFile(path, limit: Document.maximumBytes), file: path)
    }
    settings = Dictionary(
      (job?.leaves ?? []).map { ($0.path, $0.value) }, uniquingKeysWith: { first, _ in first })
    self.problems = problems
  }

  var epochs: [EpochRow] { rows.compactMap { if case .epoch(let row) = $0 { row } else { nil } } }
}
