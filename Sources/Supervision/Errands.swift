import Glibc
import Workers

/// Work that a loop gives to another thread because it may take long. The thread does one errand after the other, in
/// the order in which they were given, and the loop gets the result of each.
///
/// So everything is written in the loop's order, as if the loop wrote it. A disk that takes seconds for a sync, or
/// hangs, does not keep the loop from what cannot wait: signals, the ends of children, deadlines and the watchdog. All
/// methods are to be called on the loop's own thread.
package final class Errands {
  /// What the loop does with an errand's result.
  private typealias Delivery = @Sendable () -> Void

  private struct Line {
    var waiting: [@Sendable () -> Delivery] = []
    var done: [Delivery] = []
    var isOver = false
  }

  private let line = Monitor(Line())
  private let bell: Bell
  /// Errands whose result has not been delivered.
  package private(set) var underway = 0

  package init() throws(SupervisionError) {
    let (line, bell) = (line, try Bell())
    self.bell = bell
    let hasStarted = startThread {
      while let errand = line.wait(for: Self.next) {
        let delivery = errand()
        line.change { $0.done.append(delivery) }
        bell.ring()
      }
    }
    if !hasStarted { throw .system(operation: "start a thread", code: EAGAIN) }
  }

  deinit {
    line.change { $0.isOver = true }
    line.wakeAll()
  }

  /// Readable when `deliver` has something to do.
  package var descriptor: Int32 { bell.descriptor }

  /// Queues an errand. `deliver` calls `then` with the errand's result.
  package func run<Result: Sendable>(
    _ errand: @escaping @Sendable () -> Result, then: @escaping (Result) -> Void
  ) {
    underway += 1
    let then = OnTheLoop(body: then)
    line.change { line in
      line.waiting.append {
        let result = errand()
        return { then.body(result) }
      }
    }
    line.wakeAll()
  }

  /// Hands over the results that have come, in order.
  package func deliver() {
    bell.silence()
    let done = line.change { line in
      defer { line.done = [] }
      return line.done
    }
    for delivery in done {
      underway -= 1
      delivery()
    }
  }

  /// The next errand. The outer nil means that there is none yet; the inner nil, that there will be no more.
  private static func next(_ line: inout Line) -> (@Sendable () -> Delivery)?? {
    if line.isOver { return .some(nil) }
    return line.waiting.isEmpty ? nil : .some(line.waiting.removeFirst())
  }

  /// A closure that the loop's thread alone calls, which makes it safe to send.
  private struct OnTheLoop<Result>: @unchecked Sendable {
    let body: (Result) -> Void
  }
}
