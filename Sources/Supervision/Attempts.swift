import DurableFiles
import Jobs
import RunFiles

/// An attempt from its begin to its end.
extension Daemon {
  /// Begins an attempt at a queued job.
  func start(_ job: Job, now: Double) {
    let transition: Transition
    do {
      transition = try job.after(.start, policy: settings.retry, now: wallTime())
    } catch {
      log.error("\(error)")
      notBefore[job.id] = now + Self.patience
      return
    }
    underway[job.id] = []
    starting.insert(job.id)
    errands.run { [paperwork] in
      paperwork.launch(transition, of: job)
    } then: { [self] launch in
      starting.remove(job.id)
      let incident = Incident(event: .start)
      settled(incident, of: job.id, take(launch, of: transition, on: job))
      // The daemon was told to stop while the trainer was being started.
      if isStopping && jobs[job.id]?.state.folder == .running { apply(.stop, to: job.id) }
    }
  }

  /// - Returns: whether the attempt has begun.
  private func take(_ launch: Paperwork.Launch, of transition: Transition, on job: Job) -> Bool {
    if case .noSpace(let free) = launch { return lacksSpace(free) }
    if case .occupied = launch { return false }
    if let news = space.heard(isEnough: true) { log.warning("\(news)") }
    switch launch {
    case .started(let child, let kills, let record):
      launchPause = 0
      _ = take(record, of: transition, on: job, .start)
      trainers.add(job.id, child, kills: kills, now: uptime())
      return true
    case .failed(let error, let record):
      pauseLaunches(error)
      _ = take(record, of: transition, on: job, .start)
      apply(.ended(.unlaunched("\(error)"), checkpoint: 0), to: job.id)
      return true
    case .blocked(let error, let record):
      _ = take(record, of: transition, on: job, .start)
      apply(.ended(.blocked("\(error)"), checkpoint: 0), to: job.id)
      return true
    case .unready(let error):
      pauseLaunches(error)
      return false
    case .unrecorded(let commit): return take(commit, of: transition, on: job, .start)
    case .unclear(let error):
      log.error("\(job.id): \(error)")
      return false
    case .occupied, .noSpace: return false
    }
  }

  private func lacksSpace(_ free: Int) -> Bool {
    if let news = space.heard(isEnough: false, free: free) { log.warning("\(news)") }
    launchesPausedUntil = uptime() + SpaceWatch.interval
    return false
  }

  /// What keeps this trainer from being started keeps all others too. So nothing is started for a while, each time
  /// twice as long as before.
  private func pauseLaunches(_ error: SupervisionError) {
    launchPause = min(max(launchPause * 2, Self.patience), Self.longestPause)
    launchesPausedUntil = uptime() + launchPause
    log.error("\(error); nothing is started, the next try is in \(Int(launchPause)) s")
  }

  /// In seconds.
  private static let longestPause = 60.0

  /// Takes note of trainers that have ended.
  func heedEnds(_ readable: Set<Int32>, now: Double) {
    for (id, status, kills) in trainers.takeEnded(readable) {
      // A trainer that ends at once, without being asked to, must not be restarted in a tight loop.
      notBefore[id] = now + 1
      errands.run { [paperwork] in
        paperwork.ending(of: id, status, kills: kills)
      } then: { [self] ending in
        space.ended(id, free: ending.free)
        apply(.ended(ending.end, checkpoint: ending.checkpoint ?? known(id)), to: id)
      }
    }
  }

  /// The step of the newest checkpoint known so far, for use when the disk does not tell.
  private func known(_ id: JobID) -> Int { jobs[id]?.checkpoint ?? 0 }

  /// Finds out which trainers hang.
  func watchTrainers(now: Double) {
    let looked = trainers.takeLook(now: now)
    guard !looked.isEmpty else { return }
    errands.run { [paperwork] in
      paperwork.words(of: looked)
    } then: { [self] words in
      for id in trainers.heard(words, now: uptime()) { apply(.stalled(seconds: Int(settings.stall)), to: id) }
    }
  }

  /// Finds out whether jobs that were in `running/` when the daemon started still have a trainer.
  func claimLeftTrainers(now: Double) {
    guard !unclaimed.isEmpty else { return }
    if now < claimAgainAt { return schedule(claimAgainAt) }
    claimAgainAt = now + 1
    for id in unclaimed where !claiming.contains(id) {
      claiming.insert(id)
      errands.run { [paperwork] in
        paperwork.claim(id)
      } then: { [self] claim in
        claiming.remove(id)
        take(claim, of: id)
      }
    }
    schedule(claimAgainAt)
  }

  private func take(_ claim: Paperwork.Claim, of id: JobID) {
    switch claim {
    case .free(let checkpoint):
      unclaimed.remove(id)
      apply(.ended(.unseen, checkpoint: checkpoint ?? known(id)), to: id)
    case .trainer(let child, let kills):
      unclaimed.remove(id)
      log.notice("\(id) still has a trainer, of an earlier daemon: it is stopped first")
      trainers.add(id, child, kills: kills, now: uptime())
      // The daemon that started this trainer is gone, so nobody else can stop it in an orderly way.
      trainers.terminate(id, now: uptime())
    case .unclear: break
    case .failed(let error):
      log.error("\(id): \(error)")
      claimAgainAt = uptime() + Self.patience
    }
  }
}
