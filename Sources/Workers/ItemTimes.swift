import Synchronization

/// What every item of every piece of work took, as a team of one measures it: from that a schedule on many cores can be
/// simulated.
public final class ItemTimes: Sendable {
  private let pieces = Mutex<[[Double]]>([])

  public init() {}

  /// Runs the items of a piece of work in order.
  func measure(_ count: Int, _ body: (Int) -> Void) {
    let clock = ContinuousClock()
    let seconds = (0..<max(count, 0)).map { item in clock.measure { body(item) } / .seconds(1) }
    pieces.withLock { $0.append(seconds) }
  }

  /// Seconds of each item of the pieces of work since the last call, in their order.
  public func take() -> [[Double]] {
    pieces.withLock { pieces in
      defer { pieces = [] }
      return pieces
    }
  }
}
