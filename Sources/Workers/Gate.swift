import Glibc
import Synchronization

/// Where helpers wait for work, enter it and leave it.
///
/// One word holds it all: the number of the piece of work, whether it is open, and how many
/// helpers are inside. A helper that comes late finds the gate closed and is not waited for, so a
/// thread that the system has put aside never delays the others.
final class Gate: @unchecked Sendable {
  private let word = Atomic<UInt64>(0)
  private let next = Atomic<Int>(0)
  private let sleepers = Atomic<Int>(0)
  private let bell = Monitor(())
  // Written by the caller before the gate opens, read by helpers that are inside.
  private var count = 0
  private var body: (Int, Int) -> Void = { _, _ in }

  private enum Bits {
    static let inside: UInt64 = 0xFFFF
    static let open: UInt64 = 1 << 16
    static let stop: UInt64 = 1 << 17
    static let piece: UInt64 = 1 << 18
  }

  /// Looks at the gate so often before sleeping: some 20 microseconds.
  private static let patience = 20_000

  func run(_ count: Int, _ body: @escaping (Int, Int) -> Void) {
    self.count = count
    self.body = body
    next.store(0, ordering: .relaxed)
    let piece = (word.load(ordering: .relaxed) & ~(Bits.piece - 1)) &+ Bits.piece
    word.store(piece | Bits.open, ordering: .sequentiallyConsistent)
    if sleepers.load(ordering: .sequentiallyConsistent) > 0 { bell.wakeAll() }
    takeItems(worker: 0)
    word.bitwiseAnd(~Bits.open, ordering: .acquiringAndReleasing)
    var looks = 0
    while word.load(ordering: .acquiring) & Bits.inside != 0 {
      looks += 1
      if looks > Gate.patience { sched_yield() }
    }
    self.body = { _, _ in }
  }

  func stop() {
    word.bitwiseOr(Bits.stop, ordering: .sequentiallyConsistent)
    bell.wakeAll()
  }

  /// A helper's life: wait for an open gate, enter, work, leave.
  func serve(worker: Int) {
    var lastPiece: UInt64 = 0
    while true {
      let seen = waitForNews(since: lastPiece)
      if seen & Bits.stop != 0 { return }
      lastPiece = seen & ~(Bits.piece - 1)
      guard enter(piece: lastPiece) else { continue }
      takeItems(worker: worker)
      word.subtract(1, ordering: .releasing)
    }
  }

  private func takeItems(worker: Int) {
    while true {
      let item = next.add(1, ordering: .relaxed).oldValue
      guard item < count else { return }
      body(item, worker)
    }
  }

  /// Counts this helper in, unless the piece of work has ended.
  private func enter(piece: UInt64) -> Bool {
    var seen = word.load(ordering: .acquiring)
    while seen & Bits.open != 0 && seen & ~(Bits.piece - 1) == piece {
      let (entered, now) = word.weakCompareExchange(
        expected: seen, desired: seen + 1, ordering: .acquiringAndReleasing)
      if entered { return true }
      seen = now
    }
    return false
  }

  private func waitForNews(since piece: UInt64) -> UInt64 {
    func news() -> UInt64? {
      let seen = word.load(ordering: .sequentiallyConsistent)
      let isNews = seen & Bits.stop != 0 || (seen & Bits.open != 0 && seen & ~(Bits.piece - 1) != piece)
      return isNews ? seen : nil
    }
    for _ in 0..<Gate.patience {
      if let seen = news() { return seen }
    }
    sleepers.add(1, ordering: .sequentiallyConsistent)
    defer { sleepers.subtract(1, ordering: .sequentiallyConsistent) }
    return bell.wait { _ in news() }
  }
}
