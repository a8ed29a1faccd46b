import DurableFiles
import Jobs
import RunFiles

/// What the loop does of its own accord: it carries out requests, wakes deferred jobs and starts the next job.
extension Daemon {
  /// Carries out the files in `requests/`, in the order in which they were made. While the daemon stops, they stay for
  /// the next start. A request that the disk prevents stays too, and is tried again.
  func readRequests() {
    guard !isStopping else { return }
    // One errand reads at a time. What is asked meanwhile is read by the next.
    guard !isReadingRequests else { return areRequestsStale = true }
    (isReadingRequests, areRequestsStale, requestsAgainAt) = (true, false, .infinity)
    errands.run { [paperwork] in
      paperwork.wishes()
    } then: { [self] wishes in
      isReadingRequests = false
      switch wishes {
      case .success(let wishes): heed(wishes)
      case .failure(let error):
        log.error("\(error)")
        requestsAgainAt = uptime() + Self.patience
      }
      if areRequestsStale { readRequests() }
    }
  }

  private func heed(_ wishes: Paperwork.Wishes) {
    guard !isStopping else { return }
    heedDrain(wishes.isDraining)
    for request in wishes.pending where !requestsUnderway.contains(request.path) {
      requestsUnderway.insert(request.path)
      apply(.asked(request.request), to: request.id) { [self] hasHappened in finish(request, hasHappened) }
    }
  }

  /// Removes a request that has been carried out. Any other stays and is tried again.
  private func finish(_ request: PendingRequest, _ hasHappened: Bool) {
    guard hasHappened else {
      requestsUnderway.remove(request.path)
      requestsAgainAt = min(requestsAgainAt, uptime() + Self.patience)
      return
    }
    errands.run { [paperwork] in
      paperwork.remove(request)
    } then: { [self] error in
      requestsUnderway.remove(request.path)
      guard let error else { return }
      log.error("\(error)")
      requestsAgainAt = uptime() + Self.patience
    }
  }

  private func heedDrain(_ drains: Bool) {
    knowsWishes = true
    guard drains != isDraining else { return }
    isDraining = drains
    board.isStale = true
    log.notice(
      drains ? "draining: what runs is finished, and nothing is started" : "resumed: jobs are started again")
  }

  /// Puts the jobs whose wait is over back into the queue.
  func wakeDeferred(now: Double) {
    if !dueAt.isEmpty { wakeRelieved(now: now) }
    for (id, due) in dueAt where underway[id] == nil {
      let moment = max(due, notBefore[id] ?? due)
      if now < moment { schedule(moment) } else { apply(.due, to: id) }
    }
  }

  /// Those that wait for space go on as soon as there is some.
  private func wakeRelieved(now: Double) {
    guard dueAt.keys.contains(where: { jobs[$0]?.trouble == .space }) else { return }
    guard space.takeLook(now: now) else { return schedule(space.nextLook) }
    errands.run { [paperwork] in
      paperwork.freeBytes()
    } then: { [self] free in
      guard let free, !isStopping else { return }
      let waiting = dueAt.keys.filter { jobs[$0]?.trouble == .space }
      for id in space.takeRelieved(waiting, free: free) where notBefore[id] ?? 0 <= uptime() {
        apply(.spaceReturned, to: id)
      }
    }
  }

  /// Starts trainers while there is room and a job whose turn it is.
  func startNext(now: Double) {
    notBefore = notBefore.filter { $0.value > now }
    guard !isDraining, knowsWishes else { return }
    if now < launchesPausedUntil { return schedule(launchesPausedUntil) }
    // One start at a time, because what prevents it may prevent all others too.
    while starting.isEmpty, trainers.count + unclaimed.count < settings.slots,
      let job = jobs.values.filter({ notBefore[$0.id] == nil && underway[$0.id] == nil }).next
    {
      start(job, now: now)
    }
    if let soonest = notBefore.values.min() { schedule(soonest) }
  }

  func schedule(_ moment: Double) {
    lookAgain = min(lookAgain, moment)
  }
}
