import Glibc
import Workers

/// What a loop has done elsewhere because it may take long: a thread does one errand after the other, in the order in
/// which they were given, and the loop hears of each when it is done.
///
/// So the order of everything that is written is the loop's, as if it wrote itself, and yet a disk that takes seconds
/// for a sync, or hangs, does not keep the loop from what cannot wait: signals, the ends of children, deadlines, and
/// telling the service manager that it lives. All calls are for the loop's own thread.
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

  /// Gives an errand; `then` is called with its result by `deliver`.
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

  /// The next errand, nil after the last one; nothing yet while there is none.
  private static func next(_ line: inout Line) -> (@Sendable () -> Delivery)?? {
    if line.isOver { return .some(nil) }
    return line.waiting.isEmpty ? nil : .some(line.waiting.removeFirst())
  }

  /// Called by the loop alone, which is what makes it Sendable.
  private struct OnTheLoop<Result>: @unchecked Sendable {
    let body: (Result) -> Void
  }
}
