import ArgumentParser
import DurableFiles
import FoundationEssentials
import Glibc
import Jobs
import Metrics

/// `kiln status`: the jobs of a home, from its folders alone; the daemon need not run.
struct Status: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show the jobs and how far they are.",
    discussion: """
      Without ID: the jobs that are under way and the last that ended. With ID: the job's history.
      Exit status: 0, or 66 if there is no such home or job.
      """)

  @Argument(help: "A job, by its ID or the number at its beginning.")
  var id: String?

  @OptionGroup var place: HomeOption

  @Flag(help: "Show all jobs, however many.")
  var all = false

  @Flag(help: "Print JSON. It always has all jobs.")
  var json = false

  func run() throws {
    let spool = place.spool
    guard (try? facts(at: spool.incoming)) != nil else {
      printError("kiln status: \(spool.home) is not the home of a kilnd; say which one with --home")
      throw ExitCode(66)
    }
    if let id {
      let report = try orExit(66) { () throws(JobError) in
        let job = try spool.find(id)
        return try JobReport(job.id, in: job.state, of: spool)
      }
      print(json ? encoded(report) : report.text(spool))
    } else {
      let listing = try orExit(74) { () throws(FileError) in try Listing(spool, isComplete: all || json) }
      print(json ? encoded(listing) : listing.text(spool))
    }
  }
}

/// JSON in lines, with the keys in alphabetical order.
private func encoded(_ value: some Encodable) -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
  return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
}

/// One job as `kiln status` shows it.
struct JobLine: Encodable {
  var id: String
  var name: String
  var state: String
  var attempt: Int
  var priority: Int
  var epoch: Int?
  var epochs: Int?
  var step: Int?
  var steps: Int?
  var loss: Double?
  var imagesPerSecond: Double?
  var secondsLeft: Int?
  /// Why it is in its state, for one that failed or waits.
  var reason: String?

  init(_ id: JobID, in state: StateFolder, of spool: Spool) {
    let loaded = try? spool.load(id, in: state)
    self.id = id.description
    self.state = state.rawValue
    name = loaded?.job.name ?? id.slug
    attempt = loaded?.job.attempts ?? 0
    priority = loaded?.job.priority ?? 50
    if state == .failed || state == .deferred { reason = loaded?.row?.reason }
    guard attempt > 0, let progress = try? Progress(contentsOf: "\(spool.run(id))/progress.json") else { return }
    epoch = progress.epoch
    epochs = progress.epochs
    step = progress.step
    steps = progress.steps
    loss = progress.loss
    // A speed and a time left are true of a run that goes on.
    guard state == .running else { return }
    imagesPerSecond = progress.imagesPerSecond
    secondsLeft = progress.secondsLeft
  }

  var cells: [String] {
    [
      id, name, state, epoch.map { "\($0)/\(epochs ?? $0)" } ?? "", step.map { "\($0)/\(steps ?? $0)" } ?? "",
      loss.map { fixed($0, 4) } ?? "", imagesPerSecond.map { fixed($0, 1) } ?? "",
      secondsLeft.map(duration) ?? "",
    ]
  }
}

/// All jobs, or those a person wants to see.
private struct Listing: Encodable {
  var daemon: Int32?
  var jobs: [JobLine] = []
  var counts: [String: Int] = [:]

  private enum CodingKeys: CodingKey { case daemon, jobs, counts }

  /// Of each state so many are shown unless all are asked for: the first of those that wait, the last that ended.
  private static let shown = 10

  init(_ spool: Spool, isComplete: Bool) throws(FileError) {
    if case .process(let process) = spool.daemon { daemon = process }
    for state in [StateFolder.running, .queued, .deferred, .held, .failed, .cancelled, .done] {
      let ids = try spool.ids(in: state).sorted()
      counts[state.rawValue] = ids.count
      let isFinal = !StateFolder.active.contains(state)
      let chosen = isComplete ? ids[...] : isFinal ? ids.suffix(Self.shown) : ids.prefix(Self.shown)
      jobs += chosen.map { JobLine($0, in: state, of: spool) }
    }
    counts["rejected"] = try spool.rejectedCount()
  }

  func text(_ spool: Spool) -> String {
    var lines: [String] = []
    if jobs.isEmpty {
      lines.append("No jobs yet. Copy a job file into \(spool.incoming), or use `kiln submit`.")
    } else {
      var table = Table([
        .left("id"), .left("name"), .left("state"), .right("epoch"), .right("step"), .right("loss"),
        .right("images/s"), .right("time left"),
      ])
      for job in jobs { table.append(job.cells) }
      lines.append(table.text)
      let summary = StateFolder.allCases.compactMap { state in
        counts[state.rawValue].flatMap { $0 > 0 ? "\($0.grouped) \(state.rawValue)" : nil }
      }
      lines.append(summary.joined(separator: ", "))
      let hidden = StateFolder.ofJobs.compactMap { counts[$0.rawValue] }.reduce(0, +) - jobs.count
      if hidden > 0 { lines.append("\(hidden.grouped) more: `kiln status --all`") }
    }
    if let rejected = counts["rejected"], rejected > 0 {
      lines.append("What was rejected, and why, is in \(spool.folder(.rejected)).")
    }
    lines.append(daemonLine(spool))
    return lines.joined(separator: "\n")
  }

  private func daemonLine(_ spool: Spool) -> String {
    switch spool.daemon {
    case .process(let process): "kilnd is running (process \(process))."
    case .unknown: "kilnd is running."
    case .nobody, nil: "kilnd is not running; start it with `kilnd --home \(spool.home)`."
    }
  }
}

/// One job and what happened to it.
private struct JobReport: Encodable {
  var job: JobLine
  var run: String
  var history: [HistoryRow]

  init(_ id: JobID, in state: StateFolder, of spool: Spool) throws(JobError) {
    do throws(FileError) {
      job = JobLine(id, in: state, of: spool)
      run = spool.run(id)
      history = try spool.history(id).rows()
    } catch {
      throw .file(error)
    }
  }

  func text(_ spool: Spool) -> String {
    var table = Table([.left("time"), .left("state"), .right("attempt"), .left("reason")])
    for row in history { table.append([row.time, row.state, "\(row.attempt)", row.reason.singleLine]) }
    var lines = ["\(job.id): \(job.state)"]
    if let step = job.step, let steps = job.steps, let epoch = job.epoch, let epochs = job.epochs {
      let loss = job.loss.map { ", loss \(fixed($0, 4))" } ?? ""
      let left = job.secondsLeft.map { ", \(duration($0)) left" } ?? ""
      lines.append("epoch \(epoch)/\(epochs), step \(step)/\(steps)\(loss)\(left)")
    }
    return (lines + [table.text, "Everything about it is in \(run)."]).joined(separator: "\n")
  }
}

extension String {
  fileprivate var singleLine: String {
    split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}
