import Synchronization

/// How often something has been done: the sign of life of a long piece of work, for whoever watches it from outside.
///
/// Whoever finishes a bit of the work ticks: a team after each piece, a decoder after each image, a writer after each
/// tensor. Nobody else does: a count that rises by itself would go on rising when the work hangs. Any number of threads
/// may tick and look at the same time.
public final class Heartbeat: Sendable {
  private let ticks = Atomic<Int>(0)

  public init() {}

  /// Another bit of the work is done.
  public func tick() { ticks.add(1, ordering: .relaxed) }

  /// The ticks so far.
  public var count: Int { ticks.load(ordering: .relaxed) }
}
