import DurableFiles
import Glibc
import Jobs

/// Whose turn it is: what has waited, what was asked, what comes next.
extension Daemon {
  /// Does what the files in `requests/` ask, in the order in which it was asked. While stopping they stay for the next
  /// start, and so does a request that the disk keeps from happening.
  func readRequests() {
    guard !isStopping else { return }
    requestsAgainAt = .infinity
    do {
      for pending in try spool.pendingRequests() {
        guard attempt(.asked(pending.request), on: pending.id) else {
          requestsAgainAt = uptime() + Self.patience
          break
        }
        try remove(pending.path)
      }
    } catch {
      log.error("\(error)")
      requestsAgainAt = uptime() + Self.patience
    }
    do {
      try heedDrain()
    } catch {
      // What the disk does not tell is as it was.
      log.error("\(error)")
      requestsAgainAt = min(requestsAgainAt, uptime() + Self.patience)
    }
  }

  private func heedDrain() throws(FileError) {
    guard try spool.isDraining != isDraining else { return }
    isDraining.toggle()
    board.isStale = true
    log.notice(
      isDraining ? "draining: what runs is finished, and nothing is started" : "resumed: jobs are started again")
  }

  /// Puts the jobs whose wait is over back into the queue.
  func wakeDeferred(now: Double) {
    if !dueAt.isEmpty { wakeRelieved(now: now) }
    for (id, due) in dueAt {
      let moment = max(due, notBefore[id] ?? due)
      if now < moment { schedule(moment) } else { apply(.due, to: id) }
    }
  }

  /// Those that wait for space go on as soon as there is some.
  private func wakeRelieved(now: Double) {
    let waiting = dueAt.keys.filter { jobs[$0]?.trouble == .space }
    guard !waiting.isEmpty else { return }
    for id in space.takeRelieved(waiting) where notBefore[id] ?? 0 <= now {
      apply(.spaceReturned, to: id)
    }
    schedule(now + SpaceWatch.interval)
  }

  /// Starts trainers while there is room and a job whose turn it is.
  func startNext(now: Double) {
    notBefore = notBefore.filter { $0.value > now }
    guard !isDraining else { return }
    if now < launchesPausedUntil { return schedule(launchesPausedUntil) }
    while trainers.count + unclaimed.count < settings.slots,
      let job = jobs.values.filter({ notBefore[$0.id] == nil }).next
    {
      guard hasSpace(now: now) else { return }
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

  private func hasSpace(now: Double) -> Bool {
    let (isEnough, news) = space.isEnough()
    if let news { log.warning("\(news)") }
    if !isEnough { schedule(now + SpaceWatch.interval) }
    return isEnough
  }

  func schedule(_ moment: Double) {
    lookAgain = min(lookAgain, moment)
  }
}
