import Glibc

/// How often and how soon a job whose trainer crashed is tried again.
///
/// Only crashes in a row count: a crash after a new checkpoint begins the count anew, because the job moves on. A job
/// that waits for space is tried again without limit; its waits grow to the longest.
public struct RetryPolicy: Sendable, Hashable {
  /// How many crashes in a row fail the job.
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
    crash < limit ? wait(crash) : nil
  }

  /// Seconds of the given wait in a row (1 for the first): each twice as long as the one before, up to the longest.
  public func wait(_ number: Int) -> Double {
    min(longest, first * exp2(Double(min(max(number, 1), 64) - 1)))
  }

  /// Seconds that remain of a wait until `moment`, both in seconds since 1970.
  ///
  /// Never more than the longest wait there is: a moment farther away means that somebody set the clock back, and
  /// nobody shall wait for that. The caller keeps the remainder on the monotonic clock, which later jumps do not
  /// affect.
  public func remainder(until moment: Double, now: Double) -> Double {
    moment > now + longest ? 0 : max(0, moment - now)
  }
}
