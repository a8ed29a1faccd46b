import Glibc

/// How often and how soon a job whose trainer crashed is tried again.
///
/// Only crashes in a row count: one after a new checkpoint begins the count anew, because the job moves on.
public struct RetryPolicy: Sendable, Hashable {
  /// The crash in a row that fails the job.
  public var limit: Int
  /// Seconds before the first retry; every further one waits twice as long.
  public var first: Double
  /// The longest wait, in seconds.
  public var longest: Double

  public static let standard = RetryPolicy(limit: 4, first: 5, longest: 900)

  public init(limit: Int, first: Double, longest: Double) {
    self.limit = limit
    self.first = first
    self.longest = longest
  }

  /// Seconds to wait after the given crash in a row (1 for the first), or nil if the job has had its chances.
  public func delay(afterCrash crash: Int) -> Double? {
    guard crash < limit else { return nil }
    return min(longest, first * exp2(Double(min(crash, 64) - 1)))
  }

  /// Whether a wait until `moment` is over. A wait longer than the policy ever gives means that somebody set the
  /// clock back; nobody shall wait for that.
  public func isOver(_ moment: Double, now: Double) -> Bool {
    moment <= now || moment > now + longest
  }
}
