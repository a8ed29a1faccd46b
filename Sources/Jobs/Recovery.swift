public import DurableFiles
public import RunFiles

/// What a daemon finds when it starts.
public struct Census: Sendable {
  /// The jobs that are not in a final state. Those `running` had a trainer when the last daemon ended.
  public var active: [Job] = []
  public var counts: [StateFolder: Int] = [:]
  /// The greatest number that a job or a run has.
  public var greatestSequence = 0
  /// What was wrong with single jobs, and what was done about it: sentences for the log.
  public var remarks: [String] = []
}

extension Spool {
  /// Finishes or undoes what the last daemon was in the middle of, and says what there is. May be interrupted
  /// anywhere and repeated.
  ///
  /// Of jobs in a final state only the names are read: the start must not grow with the archive, and no file of a job
  /// that is over may keep the others from being served. For the same reason trouble with the files of one job is a
  /// remark. An error of a folder of the home is thrown.
  public func recover(now: Double) throws(FileError) -> Census {
    var census = Census()
    var places: [JobID: StateFolder] = [:]
    var copies: [JobID: [StateFolder]] = [:]
    var leftAlone: Set<JobID> = []
    for state in StateFolder.ofJobs {
      let ids = try ids(in: state)
      census.counts[state] = ids.count
      for id in ids {
        if let other = places.updateValue(state, forKey: id) { copies[id, default: [other]].append(state) }
      }
    }
    for (id, folders) in copies.sorted(by: { $0.key < $1.key }) {
      if let place = removeCopies(of: id, in: folders, &census) { places[id] = place } else { leftAlone.insert(id) }
    }
    // What a power cut left half done was among the last group that was accepted.
    let oldest = (places.keys.map(\.sequence).max() ?? 0) - Acceptance.largestGroup
    try removeLeftDrops(of: places.filter { $0.key.sequence > oldest }, &census)
    for (id, state) in places where StateFolder.active.contains(state) && !leftAlone.contains(id) {
      restore(id, in: state, now: now, &census)
    }
    census.counts[.rejected] = try rejectedCount()
    let jobless = try undoAcceptances(known: places, &census)
    census.greatestSequence = max(places.keys.map(\.sequence).max() ?? 0, jobless.map(\.sequence).max() ?? 0)
    return census
  }

  /// Leaves a job in one folder and returns that folder. Nil if the disk does not tell which it is: the job is left
  /// alone then.
  private func removeCopies(of id: JobID, in folders: [StateFolder], _ census: inout Census) -> StateFolder? {
    do throws(FileError) {
      let place = try place(of: id, among: folders)
      for folder in folders where folder != place {
        if let remark = try setAsideCopy(of: id, in: folder) { census.remarks.append(remark) }
        census.counts[folder, default: 0] -= 1
      }
      return place
    } catch {
      let names = folders.map { "\($0.rawValue)/" }.joined(separator: " and ")
      census.remarks.append("\(id) lies in \(names), and is left alone until the next start: \(error)")
      return nil
    }
  }

  /// Loads a job and completes what a crash may have left out around its last rename.
  private func restore(_ id: JobID, in state: StateFolder, now: Double, _ census: inout Census) {
    do throws(FileError) {
      try setAsideUnreadableHistory(of: id, &census)
      let (job, row) = try load(id, in: state)
      if let row, row.from == state.rawValue, let end = StateFolder(rawValue: row.state) {
        try move(manifest(id, in: state), to: manifest(id, in: end))
        census.counts[state, default: 0] -= 1
        census.counts[end, default: 0] += 1
        return
      }
      census.active.append(job)
      try complete(job, row, now: now)
    } catch {
      let isServed = census.active.last?.id == id
      census.remarks.append("\(id)\(isServed ? "" : " is left alone until the next start"): \(error)")
    }
  }

  /// Sets aside a history that is not a regular file, or is longer than any can be; the job begins a new one. A history
  /// that the disk cannot read now is an error, because it may be readable later.
  private func setAsideUnreadableHistory(of id: JobID, _ census: inout Census) throws(FileError) {
    do {
      let damaged = try history(id).end().damaged
      if damaged > 0 { census.remarks.append("\(id): \(damaged) rows at the end of its history cannot be read") }
    } catch {
      guard error.kind == .permanent else { throw error }
      let unreadable = "\(RunFile.history.rawValue).unreadable"
      var (name, number) = (unreadable, 2)
      while try facts(at: "\(run(id))/\(name)") != nil {
        (name, number) = ("\(unreadable)-\(number)", number + 1)
      }
      try move(history(id).path, to: "\(run(id))/\(name)")
      census.remarks.append("\(error); it is now runs/\(id)/\(name), and the job begins a new one")
    }
  }

  private func complete(_ job: Job, _ row: HistoryRow?, now: Double) throws(FileError) {
    let state = job.state.folder.rawValue
    if row?.state != state {
      try createDirectories(run(job.id))
      try history(job.id).append(HistoryRow(job, reason: "found in \(state)/ at the daemon's start", now: now))
    }
    // This completes the last step of an acceptance. It removes the origin in `incoming/` only if the run has a copy of
    // that very origin.
    if let dropped = row?.dropped, let taken = try takenOrigin(of: job.id) { try removeOrigin(taken, beside: dropped) }
  }

  /// Removes what acceptances prepared for files that are still in `incoming/`.
  ///
  /// - Returns: the runs that stay and belong to no job.
  private func undoAcceptances(known: [JobID: StateFolder], _ census: inout Census) throws(FileError) -> [JobID] {
    var jobless: [JobID] = []
    for name in try entries(of: runs).compactMap({ $0.name.map(ByteText.init) }) {
      if let id = JobID(name.text) {
        if known[id] == nil { jobless.append(id) }
      } else if let hidden = name.after(prefix: "."), JobID(hidden) != nil {
        do throws(FileError) { try removeTree("\(runs)/\(name)") } catch { census.remarks.append("\(error)") }
      }
    }
    // At most one group was under way, and its jobs have the greatest numbers. Older runs without a manifest are
    // results that somebody has kept.
    let newest = max(known.keys.map(\.sequence).max() ?? 0, jobless.map(\.sequence).max() ?? 0)
    jobless.removeAll { $0.sequence > newest - Acceptance.largestGroup && wasUndone($0, &census) }
    return jobless
  }

  private func wasUndone(_ id: JobID, _ census: inout Census) -> Bool {
    do throws(FileError) {
      guard try isOnlyPrepared(id) else { return false }
      try discard(id)
      return true
    } catch {
      census.remarks.append("\(error)")
      return false
    }
  }

  /// Whether a run was only prepared, and the file that it was prepared for is still in `incoming/`.
  private func isOnlyPrepared(_ id: JobID) throws(FileError) -> Bool {
    let names = try Set(entries(of: run(id)).map(\.name))
    guard names.isSubset(of: [RunFile.job, .origin, .history].map(\.rawValue)),
      let dropped = try history(id).last()?.dropped
    else { return false }
    return try facts(at: "\(incoming)/\(dropped)") != nil
  }
}
