public import DurableFiles
public import RunFiles

/// A dropped file on its way to becoming a job.
///
/// The steps are taken in order, each for a whole group of files, so that the disk is waited for once a step and not
/// once a file. A job exists as soon as the second step has moved its manifest. If the daemon stops after or within a
/// step, `Spool.recover` leaves each file either in `incoming/`, as if nothing had happened, or complete in `queued/`.
public struct Acceptance: Sendable {
  public enum Step: CaseIterable, Sendable {
    /// The runs' folders appear with a copy of the manifest, its origin and the first row of the history.
    case prepareRuns
    /// The manifests move from `incoming/` to `queued/`.
    case enqueue
    /// The origins in `incoming/` are removed; the runs have copies.
    case removeOrigins
  }

  /// The most files that are accepted at a time. A start looks at so many of the newest jobs for acceptances to undo.
  public static let largestGroup = 64

  public let job: Job
  /// The name in `incoming/`.
  public let dropped: String
  public let manifest: [UInt8]
  public let origin: Origin?

  public init(job: Job, dropped: String, manifest: [UInt8], origin: Origin?) {
    self.job = job
    self.dropped = dropped
    self.manifest = manifest
    self.origin = origin
  }
}

extension Spool {
  public func accept(_ group: [Acceptance], now: Double) throws(FileError) {
    for step in Acceptance.Step.allCases { try perform(step, of: group, now: now) }
  }

  public func perform(_ step: Acceptance.Step, of group: [Acceptance], now: Double) throws(FileError) {
    switch step {
    case .prepareRuns:
      for acceptance in group { try prepareRun(acceptance, now: now) }
      // The dropped files are synced too, because whoever wrote them may not have done so.
      var files: [String] = []
      for acceptance in group { files += try prepared(acceptance) }
      try synchronize(files, andIfThere: group.map(dropped))
      for id in group.map(\.job.id) { try move(hiddenRun(id), to: run(id), .atomic) }
      try syncDirectory(runs)
    case .enqueue:
      for acceptance in group where try facts(at: dropped(acceptance)) != nil {
        try move(dropped(acceptance), to: manifest(acceptance.job.id, in: .queued), .atomic)
      }
      try syncDirectory(folder(.queued))
      try syncDirectory(incoming)
    case .removeOrigins:
      for acceptance in group {
        if let origin = acceptance.origin { try removeOrigin(origin, beside: acceptance.dropped) }
      }
      if group.contains(where: { $0.origin != nil }) { try syncDirectory(incoming) }
    }
  }

  private func prepareRun(_ acceptance: Acceptance, now: Double) throws(FileError) {
    let folder = RunFolder(hiddenRun(acceptance.job.id))
    try createDirectories(folder.path)
    try publish(acceptance.manifest, to: folder[.job], .atomic)
    if let origin = acceptance.origin { try publish(origin.bytes, to: folder[.origin], .atomic) }
    let row = HistoryRow(acceptance.job, reason: "accepted", dropped: acceptance.dropped, now: now)
    try publish(row.line(for: folder[.history]) + "\n", to: folder[.history], .atomic)
  }

  /// A prepared run's files and its folder.
  private func prepared(_ acceptance: Acceptance) throws(FileError) -> [String] {
    let folder = hiddenRun(acceptance.job.id)
    return try entries(of: folder).compactMap { $0.name.map { "\(folder)/\($0)" } } + [folder]
  }

  private func dropped(_ acceptance: Acceptance) -> String { "\(incoming)/\(acceptance.dropped)" }
  private func hiddenRun(_ id: JobID) -> String { "\(runs)/.\(id)" }

  /// Whether an acceptance has happened: the job's manifest lies in `queued/`.
  public func isQueued(_ id: JobID) throws(FileError) -> Bool {
    try facts(at: manifest(id, in: .queued)) != nil
  }

  /// Removes a run that was only prepared, because its acceptance failed. What cannot be removed now, the next start
  /// removes. The run gets its hidden name back first, so that what an interrupted removal leaves is not taken for
  /// somebody's run.
  public func discard(_ id: JobID) throws(FileError) {
    if try facts(at: run(id)) != nil { try move(run(id), to: hiddenRun(id)) }
    if try facts(at: hiddenRun(id)) != nil { try removeTree(hiddenRun(id)) }
  }

  /// Sets aside a file that cannot be a job, with the reason beside it.
  ///
  /// The move comes last. After an interruption before it the file still counts as dropped, and is rejected again.
  ///
  /// - Returns: the name in `rejected/`: the dropped one, or the first free variant of it.
  @discardableResult
  public func reject(_ entry: DirectoryEntry, report: String) throws(FileError) -> String {
    let dropped = entry.name
    let (stem, ending) = shortened(dropped ?? "unreadable-name.yaml")
    let free = try freeStem(stem, ending)
    let path = "\(folder(.rejected))/\(free)\(ending)"
    try publish(report.hasSuffix("\n") ? report : report + "\n", to: "\(folder(.rejected))/\(free).error.txt")
    if let dropped, try hasOwnOrigin(dropped) {
      try move("\(incoming)/\(dropped)\(Submission.originSuffix)", to: path + Submission.originSuffix)
    }
    try move(entry, in: incoming, to: path)
    return free + ending
  }

  /// Whether the origin beside a dropped file is its own, and not that of a submission under way.
  private func hasOwnOrigin(_ dropped: String) throws(FileError) -> Bool {
    guard let origin = try originBeside(dropped),
      let manifest = try Self.usable("\(incoming)/\(dropped)", limit: Submission.largest)
    else { return false }
    return origin.belongs(to: manifest)
  }

  /// The first variant of a stem that no rejected file has, whatever its ending: reports on `a.yaml` and `a.json` would
  /// have one name.
  private func freeStem(_ stem: String, _ ending: String) throws(FileError) -> String {
    var candidate = stem
    var number = 2
    while try isRejected(candidate, ending) {
      candidate = "\(stem)-\(number)"
      number += 1
    }
    return candidate
  }

  private func isRejected(_ stem: String, _ ending: String) throws(FileError) -> Bool {
    for ending in Submission.endings + [ending] {
      if try facts(at: "\(folder(.rejected))/\(stem)\(ending)") != nil { return true }
    }
    return false
  }

  /// A name's stem and ending. The stem is cut so that `.error.txt` and a number fit into 255 bytes.
  private func shortened(_ name: String) -> (stem: String, ending: String) {
    var (stem, ending) = Submission.split(name)
    // By Unicode scalars, because one Character may have any number of accents.
    while stem.utf8.count > 220 { stem.unicodeScalars.removeLast() }
    return (stem, ending)
  }
}
