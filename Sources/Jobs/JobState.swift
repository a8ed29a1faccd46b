public import RunFiles

/// Where a job stands. Each state is a folder of the home, and a change of state is one rename.
public enum JobState: Sendable, Hashable {
  /// Waits for its turn.
  case queued
  /// A trainer works on it. `order` is what to do with the job when the trainer has been made to stop.
  case running(attempt: Int, order: StandingOrder?)
  /// Waits for another attempt after trouble, until a moment in seconds since 1970.
  case deferred(until: Double)
  /// Waits until somebody releases it.
  case held
  case done
  case failed(reason: String)
  case cancelled
  /// Never became a job: the dropped file could not be one.
  case rejected

  public var folder: StateFolder {
    switch self {
    case .queued: .queued
    case .running: .running
    case .deferred: .deferred
    case .held: .held
    case .done: .done
    case .failed: .failed
    case .cancelled: .cancelled
    case .rejected: .rejected
    }
  }
}

/// Why a running job's trainer was asked to stop, and so where the job goes then.
public enum StandingOrder: String, Sendable, Hashable, CaseIterable {
  case requeue, hold, cancel
  /// The trainer did no work. Its end counts as a crash, whatever its exit status is.
  case restart
}

/// Why an attempt ended without finishing the job. The raw values stand in `history.jsonl`.
public enum Trouble: String, Sendable, Hashable, CaseIterable {
  /// The trainer ended with an unknown exit status or with that of a bug (70), or stopped without having been told to.
  case crash
  case signal
  /// Memory ran out, as far as can be told: the trainer was killed, or said so by its exit status (71).
  case memory = "out-of-memory"
  /// The trainer did no work for too long.
  case hang
  /// The daemon died while the trainer ran.
  case daemon = "daemon-died"
  /// The disk was full or failed. That is not the job's fault: the job waits and goes on.
  case space
}

/// A job as the daemon knows it: what its folder and its history say, in one value.
public struct Job: Sendable, Hashable {
  public let id: JobID
  /// The job's name, as the manifest has it.
  public var name: String
  /// 0 to 100; the greater goes first.
  public var priority: Int
  public var state: JobState
  /// Attempts begun so far.
  public var attempts: Int
  /// Crashes in a row, without a new checkpoint between them.
  public var crashes: Int
  /// Attempts in a row that a full or failing disk ended, without a new checkpoint between them.
  public var waits: Int
  /// The step of the newest checkpoint when the last crash or wait was counted.
  public var checkpoint: Int
  /// What ended the last attempt; nil if nothing was wrong.
  public var trouble: Trouble?

  public init(
    id: JobID, name: String, priority: Int = 50, state: JobState = .queued, attempts: Int = 0, crashes: Int = 0,
    waits: Int = 0, checkpoint: Int = 0, trouble: Trouble? = nil
  ) {
    self.id = id
    self.name = name
    self.priority = priority
    self.state = state
    self.attempts = attempts
    self.crashes = crashes
    self.waits = waits
    self.checkpoint = checkpoint
    self.trouble = trouble
  }
}

extension Sequence where Element == Job {
  /// The queued job whose turn it is: the one of the greatest priority, and among equals the oldest.
  public var next: Job? {
    filter { $0.state == .queued }.min { ($1.priority, $0.id) < ($0.priority, $1.id) }
  }
}
