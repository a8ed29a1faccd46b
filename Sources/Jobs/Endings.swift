/// Where a job goes when its trainer has ended.
extension Job {
  /// A job that its trainer finished is done, and one that it refused has failed, whatever was ordered meanwhile. A job
  /// that a person has to decide about is held, unless it was cancelled. In all other cases the order counts, and
  /// without an order the way in which the attempt ended.
  func ended(
    _ end: AttemptEnd, checkpoint: Int, _ order: StandingOrder?, _ policy: RetryPolicy, _ now: Double
  ) -> Transition {
    switch (end, order) {
    case (.done, _): troubled(nil, checkpoint).to(.done, "trained")
    case (.refused(let reason), _): to(.failed(reason: reason), reason)
    case (_, .cancel): to(.cancelled, "cancelled by request")
    case (.undecided(let reason), _): troubled(nil, checkpoint).to(.held, "held for a person to decide: \(reason)")
    case (_, .hold): to(.held, "held by request")
    case (.unlaunched(let reason), _): to(.queued, reason)
    case (.unseen, .requeue): to(.queued, "its trainer was left by an earlier daemon and is gone")
    case (_, .requeue): to(.queued, "interrupted: the daemon stopped")
    case (_, .restart): crashed(.hang, "the trainer did no work and was stopped", checkpoint, policy, now)
    case (.interrupted, nil):
      crashed(.crash, "the trainer stopped as if it had been told to, and nobody had", checkpoint, policy, now)
    case (.crashed(let trouble, let reason), nil): crashed(trouble, reason, checkpoint, policy, now)
    case (.unseen, nil): orphaned(checkpoint, policy, now)
    case (.blocked(let reason), nil): blocked(reason, checkpoint, policy, now)
    }
  }

  private func crashed(
    _ trouble: Trouble, _ reason: String, _ checkpoint: Int, _ policy: RetryPolicy, _ now: Double
  ) -> Transition {
    var job = troubled(trouble, checkpoint)
    job.crashes += 1
    if let delay = policy.delay(afterCrash: job.crashes) { return job.deferred(delay, reason, now) }
    let sum = "crashed \(job.crashes) times in a row; the last time: \(reason)"
    return job.to(.failed(reason: sum), sum)
  }

  /// The first death of the daemon is not blamed on the job. A job that was running at several deaths in a row is taken
  /// for their cause: it waits ever longer, and fails before systemd's limit of restarts is reached.
  private func orphaned(_ checkpoint: Int, _ policy: RetryPolicy, _ now: Double) -> Transition {
    let transition = crashed(.daemon, "the daemon died while it ran", checkpoint, policy, now)
    guard transition.job.crashes == 1, policy.limit > 1 else { return transition }
    return transition.job.to(.queued, "the daemon died while it ran, and its trainer is gone")
  }

  private func blocked(_ reason: String, _ checkpoint: Int, _ policy: RetryPolicy, _ now: Double) -> Transition {
    var job = troubled(.space, checkpoint)
    job.waits += 1
    return job.deferred(policy.wait(job.waits), "waiting for space: \(reason)", now)
  }

  private func deferred(_ delay: Double, _ reason: String, _ now: Double) -> Transition {
    to(.deferred(until: now + delay), "\(reason); next attempt in \(Int(delay.rounded(.up))) s")
  }

  /// Notes what ended an attempt. A newer checkpoint means that the job moves on: all counts begin anew.
  private func troubled(_ trouble: Trouble?, _ checkpoint: Int) -> Job {
    var job = self
    job.trouble = trouble
    if checkpoint > self.checkpoint { (job.crashes, job.waits, job.checkpoint) = (0, 0, checkpoint) }
    return job
  }
}
