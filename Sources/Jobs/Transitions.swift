/// What can happen to a job.
public enum JobEvent: Sendable, Hashable {
  /// It is the job's turn.
  case start
  /// Its trainer ended; `checkpoint` is the step of the newest checkpoint.
  case ended(AttemptEnd, checkpoint: Int)
  /// Its trainer has done no work for so many seconds.
  case stalled(seconds: Int)
  /// Its wait is over.
  case due
  /// The disk that was full has space again.
  case spaceReturned
  /// The daemon stops.
  case stop
  case asked(Request)
}

/// How a trainer ended.
public enum AttemptEnd: Sendable, Hashable {
  case done
  /// It was told to stop, wrote a checkpoint and can go on.
  case interrupted
  /// It will never succeed: bad data, a diverged loss. The reason is the trainer's own.
  case refused(String)
  /// It cannot go on with what lies in the run, and a person has to decide what becomes of it: a checkpoint that this
  /// version of Kiln cannot continue, for example. The reason is the trainer's own.
  case undecided(String)
  /// It died.
  case crashed(Trouble, String)
  /// It could not write, because the disk is full or fails. That is not the job's fault, so it does not count.
  case blocked(String)
  /// The trainer could not be started. That is not the job's fault either.
  case unlaunched(String)
  /// It was the trainer of an earlier daemon and is gone, and nobody saw how it ended.
  case unseen
}

/// What the daemon does about a transition, besides the rename and the row in the history.
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
      job.trouble = nil
      return Transition(job: job, action: .launch, reason: "attempt \(job.attempts) begins")
    case .asked(.cancel): return to(.cancelled, "cancelled by request")
    case .asked(.hold): return to(.held, "held by request")
    case .asked(.reprioritize(let priority)): return reprioritized(priority)
    case .asked(.release), .asked(.retry), .ended, .stalled, .due, .spaceReturned, .stop: return nil
    }
  }

  private func whileDeferred(_ event: JobEvent) -> Transition? {
    switch event {
    case .due: to(.queued, "the wait is over")
    case .spaceReturned: trouble == .space ? to(.queued, "there is space again") : nil
    case .asked(.retry): to(.queued, "retried by request")
    case .asked(.cancel): to(.cancelled, "cancelled by request")
    case .asked(.hold): to(.held, "held by request")
    case .asked(.reprioritize(let priority)): reprioritized(priority)
    case .asked(.release), .start, .ended, .stalled, .stop: nil
    }
  }

  private func whileHeld(_ event: JobEvent) -> Transition? {
    switch event {
    case .asked(.release): to(.queued, "released by request")
    case .asked(.cancel): to(.cancelled, "cancelled by request")
    case .asked(.reprioritize(let priority)): reprioritized(priority)
    case .asked(.hold), .asked(.retry), .start, .ended, .stalled, .due, .spaceReturned, .stop: nil
    }
  }

  private func whileRunning(
    _ order: StandingOrder?, _ event: JobEvent, _ policy: RetryPolicy, _ now: Double
  ) -> Transition? {
    switch event {
    case .ended(let end, let checkpoint): ended(end, checkpoint: checkpoint, order, policy, now)
    case .stalled(let seconds): order == nil ? ordered(.restart, "no work for \(seconds) s: it hangs") : nil
    case .stop: order == nil || order == .restart ? ordered(.requeue, "the daemon stops") : nil
    case .asked(.cancel): order == .cancel ? nil : ordered(.cancel, "cancelled by request")
    case .asked(.hold): order == .hold || order == .cancel ? nil : ordered(.hold, "held by request")
    case .asked(.reprioritize(let priority)): reprioritized(priority)
    case .asked(.release), .asked(.retry), .start, .due, .spaceReturned: nil
    }
  }

  private func reconsidered() -> Transition {
    var job = moved(to: .queued)
    job.crashes = 0
    job.waits = 0
    return Transition(job: job, action: nil, reason: "retried by request")
  }

  /// A running job keeps its trainer: the priority counts when it is queued again.
  private func reprioritized(_ priority: Int) -> Transition {
    var job = self
    job.priority = priority
    return Transition(job: job, action: nil, reason: "priority \(self.priority) -> \(priority) by request")
  }

  private func ordered(_ order: StandingOrder, _ reason: String) -> Transition {
    Transition(job: moved(to: .running(attempt: attempts, order: order)), action: .terminate, reason: reason)
  }

  func to(_ state: JobState, _ reason: String) -> Transition {
    Transition(job: moved(to: state), action: nil, reason: reason)
  }

  private func moved(to state: JobState) -> Job {
    var job = self
    job.state = state
    return job
  }
}
