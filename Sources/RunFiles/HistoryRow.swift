import FoundationEssentials

/// One line of a run's `history.jsonl`: a state the job came into, when and why.
///
/// Each row repeats all that is known about the job, so that the last line alone is enough to go on.
public struct HistoryRow: Codable, Sendable, Equatable {
  /// ISO 8601, UTC.
  public var time: String
  public var state: String
  public var attempt: Int
  public var reason: String
  public var name: String
  public var priority: Int
  public var crashes: Int
  /// Attempts in a row that a full disk ended; absent for none.
  public var waits: Int?
  public var checkpoint: Int
  /// What ended the attempt, if that was not as it should be.
  public var trouble: String?
  /// When a deferred job becomes due, in seconds since 1970.
  public var until: Double?
  /// The state that a job was in which has come to its end; absent for all others. The row of an end is written before
  /// the manifest is moved: a manifest that still lies where the row says it came from is moved at the next start.
  public var from: String?
  /// What was ordered of a running job, if something was.
  public var order: String?
  /// The name in `incoming/` that the job was dropped under; only in the first row.
  public var dropped: String?

  /// - Parameters:
  ///   - now: seconds since 1970.
  public init(
    now: Double, state: StateFolder, attempt: Int, reason: String, name: String, priority: Int, crashes: Int,
    checkpoint: Int
  ) {
    time = timestamp(now)
    self.state = state.rawValue
    self.attempt = attempt
    self.reason = reason
    self.name = name
    self.priority = priority
    self.crashes = crashes
    self.checkpoint = checkpoint
  }
}

/// Seconds since 1970 as `2026-03-01T12:00:00.250Z`.
public func timestamp(_ seconds: Double) -> String {
  Date(timeIntervalSince1970: seconds).formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
}
