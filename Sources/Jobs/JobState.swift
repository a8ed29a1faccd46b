public import RunFiles

/// Where a job stands. Each state but `rejected` is a folder of the home, and a change of state is one rename.
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
  /// It made no progress: its end counts as a crash, whatever it looks like.
  case restart
}

/// What kept an attempt from its end. The raw values stand in `history.jsonl`.
public enum Trouble: String, Sendable, Hashable, CaseIterable {
  /// The trainer ended with a status that no trainer means to end with.
  case crash
  case signal
  /// The kernel killed it for want of memory, as far as can be told.
  case memory = "out-of-memory"
  /// It did no work for too long.
  case hang
  /// The daemon died while it ran.
  case daemon = "daemon-died"
  /// The disk was full or failed. Not the job's fault: it waits and goes on.
  case space
}

/// A job as the daemon knows it: what its history says in one value.
public struct Job: Sendable, Hashable {
  public let id: JobID
  /// As the manifest says it.
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
  /// What ended the last attempt, if that was not as it should be.
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
  /// The queued job whose turn it is: the greatest priority, and inside one the first that came.
  public var next: Job? {
    filter { $0.state == .queued }.min { ($1.priority, $0.id) < ($0.priority, $1.id) }
  }
}
