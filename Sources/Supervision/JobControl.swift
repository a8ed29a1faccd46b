import DurableFiles
import Jobs
import RunFiles

/// An event of a job, and a callback that is told whether the event was recorded.
struct Incident {
  let event: JobEvent
  var heard: ((Bool) -> Void)?
}

/// Events of jobs. The loop decides what an event means, an errand records the transition, and then the loop takes over
/// the job's new state and does what follows. Until then further events of the same job wait, so that each is decided
/// on the new state.
extension Daemon {
  /// Seconds until something that failed is tried again.
  static let patience = 5.0

  /// Lets an event happen to a job, now or as soon as the disk allows.
  ///
  /// - Parameter heard: is called with true if the event was recorded or makes no sense in the job's state, and with
  ///   false if the disk prevented it.
  func apply(_ event: JobEvent, to id: JobID, heard: ((Bool) -> Void)? = nil) {
    let incident = Incident(event: event, heard: heard)
    guard underway[id] == nil else {
      // An event that comes again by itself need not be kept.
      if !event.recurs { underway[id]?.append(incident) }
      return
    }
    underway[id] = []
    if let job = jobs[id] { decide(incident, on: job) } else { find(id, for: incident) }
  }

  private func decide(_ incident: Incident, on job: Job) {
    let transition: Transition
    do {
      transition = try job.after(incident.event, policy: settings.retry, now: wallTime())
    } catch {
      // An event that makes no sense in the job's state is logged and dropped.
      log.notice("\(error)")
      return settled(incident, of: job.id, true)
    }
    errands.run { [paperwork] in
      paperwork.commit(transition, of: job)
    } then: { [self] commit in
      settled(incident, of: job.id, take(commit, of: transition, on: job, incident.event))
    }
  }

  /// Reads a job that the loop does not know: jobs in a final state are read only when something is asked of them.
  private func find(_ id: JobID, for incident: Incident) {
    errands.run { [paperwork] in
      paperwork.find(id)
    } then: { [self] finding in
      switch finding {
      case .found(let job) where id.sequence > greatestHeard && StateFolder.active.contains(job.state.folder):
        // The job was accepted a moment ago, and the loop will hear of it next.
        requestsAgainAt = uptime() + 0.1
        settled(incident, of: id, false)
      case .found(let job): decide(incident, on: jobs[id] ?? job)
      case .nothing:
        log.notice("\(JobError.unknown("\(id)"))")
        settled(incident, of: id, true)
      case .unclear(let error):
        log.error("\(id): \(error)")
        settled(incident, of: id, false)
      }
    }
  }

  /// Takes over the result of recording a transition.
  ///
  /// - Returns: whether the transition has happened.
  func take(_ commit: Paperwork.Commit, of transition: Transition, on job: Job, _ event: JobEvent) -> Bool {
    switch commit {
    case .done(let remarks): for remark in remarks { log.warning("\(job.id): \(printable(remark))") }
    case .incomplete(let error): log.error("\(job.id): \(error)")
    case .failed(let error):
      log.error("\(job.id): \(error)")
      return false
    case .elsewhere(let folder, let found, let error):
      log.error("\(job.id): \(error)")
      forget(job.id)
      counts[job.state.folder, default: 0] -= 1
      if let folder { counts[folder, default: 0] += 1 }
      if let found { remember(found) }
      return false
    }
    adopt(transition.job, insteadOf: job)
    if case .ended = event, let trouble = transition.job.trouble { troubles[trouble, default: 0] += 1 }
    log.info("\(job.id) \(job.state.folder) -> \(transition.job.state.folder): \(printable(transition.reason))")
    if transition.action == .terminate { trainers.terminate(job.id, now: uptime()) }
    return true
  }

  /// Ends an event, which was recorded or was prevented by the disk, and applies the events that wait for it.
  func settled(_ incident: Incident, of id: JobID, _ hasHappened: Bool) {
    var waiting = underway.removeValue(forKey: id) ?? []
    incident.heard?(hasHappened)
    if !hasHappened {
      notBefore[id] = uptime() + Self.patience
      // A request stays in its file, and an event that recurs comes again. Any other event is kept and tried again.
      if incident.heard == nil && !incident.event.recurs { unsettled.append((id, incident.event)) }
      // Requests that came after the prevented event must not be carried out before it.
      for later in waiting { later.heard?(false) }
      waiting.removeAll { $0.heard != nil }
    }
    for next in waiting { apply(next.event, to: id, heard: next.heard) }
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

  /// Tries events again that a failed write or rename prevented.
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
}

extension JobEvent {
  /// Whether the event comes again by itself if it is passed over once.
  fileprivate var recurs: Bool {
    switch self {
    case .start, .due, .spaceReturned, .stalled: true
    case .ended, .stop, .asked: false
    }
  }
}
