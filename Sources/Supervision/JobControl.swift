import DurableFiles
import Glibc
import Jobs

extension Daemon {
  /// Seconds until something that failed is tried again.
  static let patience = 5.0

  /// Lets an event happen to a job: decides, renames, records, and does what follows.
  func apply(_ event: JobEvent, to id: JobID) {
    do throws(JobError) {
      let job = if let known = jobs[id] { known } else { try finished(id) }
      let transition = try job.after(event, policy: settings.retry, now: wallTime())
      do {
        try spool.commit(transition, from: job.state, now: wallTime())
      } catch {
        try recheck(transition, of: job, after: error)
      }
      adopt(transition.job, insteadOf: job)
      log.info("\(id) \(job.state.folder) -> \(transition.job.state.folder): \(printable(transition.reason))")
      perform(transition.action, for: id)
    } catch .file(let error) {
      log.error("\(id): \(error)")
      postpone(event, of: id)
    } catch {
      log.notice("\(error)")
    }
  }

  /// What comes again by itself (a job's turn, the end of its wait) is only delayed; the rest is remembered.
  private func postpone(_ event: JobEvent, of id: JobID) {
    notBefore[id] = uptime() + Self.patience
    if event != .start && event != .due { unsettled.append((id, event)) }
  }

  /// After a failed commit: if the rename has happened after all, so has the transition, and the history is completed
  /// at the next start. A manifest that somebody took elsewhere is there.
  private func recheck(_ transition: Transition, of job: Job, after error: FileError) throws(JobError) {
    do throws(FileError) {
      let folder = try spool.state(of: job.id)
      if folder == job.state.folder { throw error }
      log.error("\(error)")
      if folder == transition.job.state.folder { return }
      jobs[job.id] = nil
      counts[job.state.folder, default: 0] -= 1
      guard let folder else { throw error }
      counts[folder, default: 0] += 1
      if StateFolder.active.contains(folder) { jobs[job.id] = try spool.load(job.id, in: folder).job }
      throw error
    } catch {
      throw .file(error)
    }
  }

  private func adopt(_ job: Job, insteadOf old: Job) {
    jobs[job.id] = StateFolder.active.contains(job.state.folder) ? job : nil
    counts[old.state.folder, default: 0] -= 1
    counts[job.state.folder, default: 0] += 1
    board.isStale = true
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
        try trainers.launch(id)
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
    apply(.ended(end, checkpoint: spool.newestCheckpoint(of: id)), to: id)
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
          apply(.ended(.unseen, checkpoint: 0), to: id)
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

  /// Puts the jobs whose wait is over back into the queue.
  func wakeDeferred(now: Double) {
    let time = wallTime()
    for job in jobs.values {
      guard case .deferred(let until) = job.state else { continue }
      if !settings.retry.isOver(until, now: time) {
        schedule(now + until - time)
      } else if notBefore[job.id].map({ $0 <= now }) ?? true {
        apply(.due, to: job.id)
      }
    }
  }

  /// Starts trainers while there is room and a job whose turn it is.
  func startNext(now: Double) {
    notBefore = notBefore.filter { $0.value > now }
    if now < launchesPausedUntil { return schedule(launchesPausedUntil) }
    while trainers.count + unclaimed.count < settings.slots,
      let job = jobs.values.filter({ notBefore[$0.id] == nil }).next
    {
      if trainers.isLocked(job.id) {
        // Somebody trains in this very folder by hand.
        notBefore[job.id] = now + Self.patience
        continue
      }
      apply(.start, to: job.id)
      if jobs[job.id]?.state == .queued { notBefore[job.id] = now + Self.patience }
    }
    if let soonest = notBefore.values.min() { schedule(soonest) }
  }

  func schedule(_ moment: Double) {
    lookAgain = min(lookAgain, moment)
  }
}
