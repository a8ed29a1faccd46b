/// What can happen to a job.
public enum JobEvent: Sendable, Hashable {
  /// It is its turn.
  case start
  /// Its trainer ended; `checkpoint` is the step of the newest checkpoint.
  case ended(AttemptEnd, checkpoint: Int)
  /// Its wait after a crash is over.
  case due
  /// The daemon stops.
  case stop
  case asked(Request)
}

/// What somebody asks of a job: the commands of `kiln`, and files in `requests/`.
public enum Request: String, Sendable, Hashable, CaseIterable {
  case cancel, hold, release, retry
}

/// How a trainer ended.
public enum AttemptEnd: Sendable, Hashable {
  case done
  /// It was told to stop, wrote a checkpoint and can go on.
  case interrupted
  /// It will never succeed: bad data, a diverged loss. The reason is the trainer's own.
  case refused(String)
  /// It died.
  case crashed(String)
  /// It could not be started. That is not the job's fault, so it does not count.
  case unlaunched(String)
  /// A trainer of an earlier daemon: it is gone, and nobody saw how.
  case unseen
}

/// What the supervisor does about a transition, besides the rename and the row in the history.
public enum JobAction: Sendable, Hashable {
  case launch, terminate
}

public struct Transition: Sendable, Hashable {
  public let job: Job
  public let action: JobAction?
  /// For the history.
  public let reason: String
}

extension Job {
  /// The job after an event: a total function of state and event, without clocks or files.
  ///
  /// - Parameter now: seconds since 1970.
  /// - Throws: `JobError.outOfPlace` if the event makes no sense in the job's state.
  public func after(_ event: JobEvent, policy: RetryPolicy, now: Double) throws(JobError) -> Transition {
    let transition =
      switch state {
      case .queued: whileQueued(event)
      case .running(_, let order): whileRunning(order, event, policy, now)
      case .deferred: whileDeferred(event)
      case .held: whileHeld(event)
      case .failed, .cancelled: event == .asked(.retry) ? reconsidered() : nil
      case .done, .rejected: Transition?.none
      }
    guard let transition else { throw .outOfPlace(event, self) }
    return transition
  }

  private func whileQueued(_ event: JobEvent) -> Transition? {
    switch event {
    case .start:
      var job = moved(to: .running(attempt: attempts + 1, order: nil))
      job.attempts += 1
      return Transition(job: job, action: .launch, reason: "attempt \(job.attempts) begins")
    case .asked(.cancel): return to(.cancelled, "cancelled by request")
    case .asked(.hold): return to(.held, "held by request")
    case .asked(.release), .asked(.retry), .ended, .due, .stop: return nil
    }
  }

  private func whileDeferred(_ event: JobEvent) -> Transition? {
    switch event {
    case .due: to(.queued, "the wait is over")
    case .asked(.retry): to(.queued, "retried by request")
    case .asked(.cancel): to(.cancelled, "cancelled by request")
    case .asked(.hold): to(.held, "held by request")
    case .asked(.release), .start, .ended, .stop: nil
    }
  }

  private func whileHeld(_ event: JobEvent) -> Transition? {
    switch event {
    case .asked(.release): to(.queued, "released by request")
    case .asked(.cancel): to(.cancelled, "cancelled by request")
    case .asked(.hold), .asked(.retry), .start, .ended, .due, .stop: nil
    }
  }

  private func reconsidered() -> Transition {
    var job = moved(to: .queued)
    job.crashes = 0
    return Transition(job: job, action: nil, reason: "retried by request")
  }

  private func whileRunning(
    _ order: StandingOrder?, _ event: JobEvent, _ policy: RetryPolicy, _ now: Double
  ) -> Transition? {
    switch event {
    case .ended(let end, let checkpoint): ended(end, checkpoint: checkpoint, order, policy, now)
    case .stop: order == nil ? ordered(.requeue, "the daemon stops") : nil
    case .asked(.cancel): order == .cancel ? nil : ordered(.cancel, "cancelled by request")
    case .asked(.hold): order == nil || order == .requeue ? ordered(.hold, "held by request") : nil
    case .asked(.release), .asked(.retry), .start, .due: nil
    }
  }

  /// A finished or refused job is that, whatever was ordered meanwhile.
  private func ended(
    _ end: AttemptEnd, checkpoint: Int, _ order: StandingOrder?, _ policy: RetryPolicy, _ now: Double
  ) -> Transition {
    switch (end, order) {
    case (.done, _): to(.done, "trained")
    case (.refused(let reason), _): to(.failed(reason: reason), reason)
    case (_, .cancel): to(.cancelled, "cancelled by request")
    case (_, .hold): to(.held, "held by request")
    case (.crashed, .requeue), (.interrupted, .requeue): to(.queued, "interrupted: the daemon stopped")
    case (.interrupted, nil): to(.queued, "interrupted")
    case (.unseen, _): to(.queued, "its trainer was left by an earlier daemon and is gone")
    case (.unlaunched(let reason), _): to(.queued, reason)
    case (.crashed(let reason), nil): crashed(reason, checkpoint: checkpoint, policy, now)
    }
  }

  private func crashed(_ reason: String, checkpoint: Int, _ policy: RetryPolicy, _ now: Double) -> Transition {
    var job = self
    job.crashes = checkpoint > self.checkpoint ? 1 : crashes + 1
    job.checkpoint = max(checkpoint, self.checkpoint)
    if let delay = policy.delay(afterCrash: job.crashes) {
      return job.to(.deferred(until: now + delay), "\(reason); next attempt in \(Int(delay.rounded(.up))) s")
    }
    let sum = "crashed \(job.crashes) times in a row; the last time: \(reason)"
    return job.to(.failed(reason: sum), sum)
  }

  private func ordered(_ order: StandingOrder, _ reason: String) -> Transition {
    Transition(job: moved(to: .running(attempt: attempts, order: order)), action: .terminate, reason: reason)
  }

  private func to(_ state: JobState, _ reason: String) -> Transition {
    Transition(job: moved(to: state), action: nil, reason: reason)
  }

  private func moved(to state: JobState) -> Job {
    var job = self
    job.state = state
    return job
  }
}
