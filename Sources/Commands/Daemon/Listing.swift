import Charts
import DurableFiles
import Jobs
import RunFiles
import Synchronization
import Workers

/// All jobs, or those a person wants to see.
struct Listing: Encodable {
  var daemon: Int32?
  /// Who serves the home, for the text.
  private let holder: FileLock.Holder?
  var draining: Bool
  var jobs: [JobLine] = []
  var counts: [String: Int] = [:]

  private enum CodingKeys: CodingKey { case daemon, draining, jobs, counts }

  /// How many jobs of each state are shown: the first of those that wait, the last that ended. Each is two small files
  /// to read, and an archive may hold any number.
  struct Extent {
    var waiting: Int
    var ended: Int

    /// For people.
    static let short = Extent(waiting: 10, ended: 10)
    /// For programs: everything that may still change, and what has ended lately.
    static let long = Extent(waiting: .max, ended: 1000)
    static let all = Extent(waiting: .max, ended: .max)
  }

  /// Of the jobs whose files cannot be read so many are named below the table.
  private static let shownProblems = 10

  init(_ spool: Spool, _ extent: Extent) throws(FileError) {
    holder = try spool.daemon
    if case .process(let process) = holder { daemon = process }
    draining = try spool.isDraining
    for state in [StateFolder.running, .queued, .deferred, .held, .failed, .cancelled, .done] {
      let ids = try spool.ids(in: state)
      counts[state.rawValue] = ids.count
      let isFinal = !StateFolder.active.contains(state)
      let chosen = isFinal ? ids.greatest(extent.ended) : Array(ids.sorted().prefix(extent.waiting))
      jobs += Self.lines(of: chosen, in: state, of: spool)
    }
    counts["rejected"] = try spool.rejectedCount()
  }

  /// Each job is a small file to read: with thousands of them it pays to read on all cores.
  private static func lines(of ids: [JobID], in state: StateFolder, of spool: Spool) -> [JobLine] {
    let share = 500
    let parts = stride(from: 0, to: ids.count, by: share).map { ids[$0..<min($0 + share, ids.count)] }
    let lines = Mutex([[JobLine]](repeating: [], count: parts.count))
    Team(threads: max(1, min(parts.count, processorCount()))).run(parts.count) { part, _ in
      let found = parts[part].map { JobLine($0, in: state, of: spool) }
      lines.withLock { $0[part] = found }
    }
    return lines.withLock { $0.flatMap(\.self) }
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
    let problems = jobs.compactMap { job in job.problem.map { "\(job.id): \($0)" } }
    lines += problems.prefix(Self.shownProblems)
    if problems.count > Self.shownProblems {
      lines.append("\(problems.count - Self.shownProblems) more have files that cannot be read.")
    }
    if draining { lines.append("Draining: nothing is started until `kiln resume`.") }
    lines.append(daemonLine(spool))
    return lines.joined(separator: "\n")
  }

  private func daemonLine(_ spool: Spool) -> String {
    switch holder {
    case .process(let process): "kilnd is running (process \(process))."
    case .unknown: "kilnd is running."
    case .nobody, nil: "kilnd is not running; start it with `kilnd --home \(spool.home)`."
    }
  }
}

extension [JobID] {
  /// The last so many, in order, without sorting all of them.
  fileprivate func greatest(_ count: Int) -> [JobID] {
    guard count < self.count, let border = map(\.sequence).nthGreatest(count) else { return sorted() }
    return Array(filter { $0.sequence >= border }.sorted().suffix(count))
  }
}

extension [Int] {
  /// The value that so many are not below; nil for none.
  fileprivate func nthGreatest(_ count: Int) -> Int? {
    let ordered = sorted(by: >)
    return count > 0 && count <= ordered.count ? ordered[count - 1] : nil
  }
}
