public import DurableFiles
public import RunFiles

/// What a daemon finds when it starts.
public struct Census: Sendable {
  /// The jobs that are not in a final state. Those `running` had a trainer when the last daemon ended.
  public var active: [Job] = []
  public var counts: [StateFolder: Int] = [:]
  /// The greatest number that a job or a run has.
  public var greatestSequence = 0
}

extension Spool {
  /// Finishes or undoes what the last daemon was in the middle of, and says what there is. May be interrupted
  /// anywhere and repeated.
  public func recover(now: Double) throws(FileError) -> Census {
    var census = Census()
    var known: Set<JobID> = []
    for state in StateFolder.ofJobs {
      let ids = try ids(in: state)
      census.counts[state] = ids.count
      known.formUnion(ids)
      for id in ids {
        let job = try restore(id, in: state, now: now)
        if StateFolder.active.contains(state) { census.active.append(job) }
      }
    }
    census.counts[.rejected] = try rejectedCount()
    try undoAcceptances(known: known)
    let all = try known.union(entries(of: runs).compactMap { $0.name.flatMap(JobID.init) })
    census.greatestSequence = all.map(\.sequence).max() ?? 0
    return census
  }

  /// Loads a job and completes what a crash may have left out after its last rename.
  private func restore(_ id: JobID, in state: StateFolder, now: Double) throws(FileError) -> Job {
    let (job, row) = try load(id, in: state)
    if row?.state != state.rawValue {
      try createDirectories(run(id))
      try history(id).append(HistoryRow(job, reason: "found in \(state.rawValue)/ at the daemon's start", now: now))
    }
    if let dropped = row?.dropped { try removeLeftOrigin(of: id, dropped: dropped) }
    return job
  }

  /// The last step of an acceptance, if it was not taken. Only the very origin that the run has a copy of goes.
  private func removeLeftOrigin(of id: JobID, dropped: String) throws(FileError) {
    guard let bytes = try? readFile(origin(id), limit: Submission.largestOrigin), let taken = Origin(bytes) else {
      return
    }
    try removeOrigin(taken, beside: dropped)
  }

  /// Removes what acceptances prepared for files that are still in `incoming/`.
  private func undoAcceptances(known: Set<JobID>) throws(FileError) {
    for name in try entries(of: runs).compactMap(\.name) {
      let isHidden = name.hasPrefix(".")
      guard let id = JobID(isHidden ? String(name.dropFirst()) : name), isHidden || !known.contains(id) else {
        continue
      }
      if isHidden {
        try removeTree("\(runs)/\(name)")
      } else if try isOnlyPrepared(id) {
        try discard(id)
      }
    }
  }

  /// Whether nothing ever happened in a run but its preparation, and the file it was for is still where it was.
  private func isOnlyPrepared(_ id: JobID) throws(FileError) -> Bool {
    let names = try Set(entries(of: run(id)).map(\.name))
    guard names.isSubset(of: ["job.yaml", "origin.json", "history.jsonl"]),
      let dropped = try history(id).last()?.dropped
    else { return false }
    return try facts(at: "\(incoming)/\(dropped)") != nil
  }
}
