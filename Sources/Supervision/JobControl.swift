import DurableFiles
import Glibc
import Jobs
import RunFiles

extension Daemon {
  /// Seconds until something that failed is tried again.
  static let patience = 5.0

  /// Lets an event happen to a job, now or as soon as the disk allows.
  func apply(_ event: JobEvent, to id: JobID) {
    guard !attempt(event, on: id) else { return }
    notBefore[id] = uptime() + Self.patience
    // What comes again by itself is only delayed; the rest is remembered.
    switch event {
    case .start, .due, .spaceReturned, .stalled: break
    case .ended, .stop, .asked: unsettled.append((id, event))
    }
  }

  /// Decides, renames, records, and does what follows. An event that makes no sense is told and done with; false if the
  /// disk kept it from happening.
  func attempt(_ event: JobEvent, on id: JobID) -> Bool {
    do throws(JobError) {
      let job = if let known = jobs[id] { known } else { try finished(id) }
      let transition = try job.after(event, policy: settings.retry, now: wallTime())
      do {
        let remarks = try spool.commit(transition, from: job.state, now: wallTime())
        for remark in remarks { log.warning("\(id): \(printable(remark))") }
      } catch {
        try recheck(transition, of: job, after: error)
      }
      adopt(transition.job, insteadOf: job)
      if case .ended = event, let trouble = transition.job.trouble { troubles[trouble, default: 0] += 1 }
      let reason = printable(transition.reason, limit: 300)
      log.info("\(id) \(job.state.folder) -> \(transition.job.state.folder): \(reason)")
      perform(transition.action, for: id)
      return true
    } catch .file(let error) {
      log.error("\(id): \(error)")
      return false
    } catch {
      log.notice("\(error)")
      return true
    }
  }

  /// After a failed commit: if the rename has happened after all, so has the transition, and the history is completed
  /// at the next start. A manifest that somebody took elsewhere is there.
  private func recheck(_ transition: Transition, of job: Job, after error: FileError) throws(JobError) {
    do throws(FileError) {
      let folder = try spool.state(of: job.id)
      if folder == job.state.folder { throw error }
      log.error("\(error)")
      if folder == transition.job.state.folder { return }
      forget(job.id)
      counts[job.state.folder, default: 0] -= 1
      guard let folder else { throw error }
      counts[folder, default: 0] += 1
      if StateFolder.active.contains(folder) { remember(try spool.load(job.id, in: folder).job) }
      throw error
    } catch {
      throw .file(error)
    }
  }

  private func adopt(_ job: Job, insteadOf old: Job) {
    if StateFolder.active.contains(job.state.folder) { remember(job) } else { forget(job.id) }
    counts[old.state.folder, default: 0] -= 1
    counts[job.state.folder, default: 0] += 1
    board.isStale = true
  }

  func remember(_ job: Job) {
    jobs[job.id] = job
    guard case .deferred(let until) = job.state else {
      dueAt[job.id] = nil
      space.forget(job.id)
      return
    }
    dueAt[job.id] = dueAt[job.id] ?? uptime() + settings.retry.remainder(until: until, now: wallTime())
  }

  private func forget(_ id: JobID) {
    jobs[id] = nil
    dueAt[id] = nil
    space.forget(id)
  }

  /// A job that is in a final state, or an error if there is none.
  private func finished(_ id: JobID) throws(JobError) -> Job {
    do {
      if let folder = try spool.state(of: id) { return try spool.load(id, in: folder).job }
    } catch {
      throw .file(error)
    }
    throw .unknown("\(id)")
  }

  private func perform(_ action: JobAction?, for id: JobID) {
    switch action {
    case .terminate: trainers.terminate(id, now: uptime())
    case .launch:
      do {
        try trainers.launch(id, now: uptime())
      } catch {
        log.error("\(error)")
        launchesPausedUntil = uptime() + Self.patience * 2
        apply(.ended(.unlaunched("\(error)"), checkpoint: 0), to: id)
      }
    case nil: break
    }
  }

  func attemptEnded(_ id: JobID, _ end: AttemptEnd, now: Double) {
    // A trainer that gives up at once and unasked must not be restarted in a circle.
    notBefore[id] = now + 1
    apply(.ended(end, checkpoint: newestCheckpoint(of: id)), to: id)
  }

  /// The step of the newest checkpoint; the one known before, if the disk does not tell.
  private func newestCheckpoint(of id: JobID) -> Int {
    do {
      return try spool.newestCheckpoint(of: id)
    } catch {
      log.error("\(error)")
      return jobs[id]?.checkpoint ?? 0
    }
  }

  /// Tries again what a failed write or rename kept from happening.
  func settle(now: Double) {
    guard !unsettled.isEmpty else { return }
    if now >= settleAt {
      let events = unsettled
      unsettled = []
      for (id, event) in events { apply(event, to: id) }
      settleAt = now + Self.patience
    }
    if !unsettled.isEmpty { schedule(settleAt) }
  }

  /// Finds out about jobs that were in `running/` when the daemon started.
  func claimLeftTrainers(now: Double) {
    for id in unclaimed {
      do {
        switch try trainers.claim(id, now: now) {
        case .free:
          unclaimed.remove(id)
          apply(.ended(.unseen, checkpoint: newestCheckpoint(of: id)), to: id)
        case .ours:
          unclaimed.remove(id)
          log.notice("\(id) still has a trainer, of an earlier daemon: it is stopped first")
        case .unclear:
          schedule(now + 1)
        }
      } catch {
        log.error("\(error)")
        schedule(now + Self.patience)
      }
    }
  }
}
