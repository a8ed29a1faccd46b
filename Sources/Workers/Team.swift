/// A persistent team of threads that runs the items of one piece of work and waits for all of them.
///
/// The caller works too, so a team of one starts no thread. Items are handed out one by one from a
/// shared counter, which evens out cores of different speed; results must therefore not depend on
/// which worker takes an item. Workers spin for a short while between pieces of work, because a
/// training step has some forty of them a pack, and sleep when nothing comes.
public final class Team: Sendable {
  public let threads: Int
  private let gate: Gate
  private let heartbeat: Heartbeat
  private let times: ItemTimes?

  /// - Parameters:
  ///   - threads: workers, the caller of `run` included; at least 1.
  ///   - heartbeat: ticks after each piece of work.
  ///   - times: if the team has one worker, is told what every item took.
  public init(threads: Int, heartbeat: Heartbeat = Heartbeat(), times: ItemTimes? = nil) {
    precondition(threads >= 1, "a team has at least one worker")
    self.threads = threads
    self.heartbeat = heartbeat
    self.times = times
    gate = Gate()
    for worker in 1..<threads {
      startThread { [gate] in gate.serve(worker: worker) }
    }
  }

  deinit { gate.stop() }

  /// Calls `body(item, worker)` once for every item in 0..<count and returns when all have ended.
  ///
  /// `worker` is in 0..<threads and never runs two items at once: it may index scratch memory.
  /// One caller at a time; not to be nested.
  public func run(_ count: Int, _ body: (_ item: Int, _ worker: Int) -> Void) {
    defer { heartbeat.tick() }
    if let times, threads == 1 { return times.measure(count) { body($0, 0) } }
    if threads == 1 || count <= 1 {
      for item in 0..<max(count, 0) { body(item, 0) }
      return
    }
    withoutActuallyEscaping(body) { body in gate.run(count, body) }
  }
}
