import DurableFiles
import Jobs

/// Whether there is room in the home, and whether there is again: looked at every few seconds while somebody waits for it.
struct SpaceWatch {
  private let home: String
  private let reserve: Int
  /// What was free when each job ran out of it.
  private var freeAtDeferral: [JobID: Int] = [:]
  private var isTold = false

  static let interval = 5.0
  /// So much more than before counts as space again.
  private static let growth = 1 << 20

  init(home: String, reserve: Int) {
    self.home = home
    self.reserve = reserve
  }

  /// Whether a trainer may be started; a sentence for the log when that changes.
  mutating func isEnough() -> (Bool, news: String?) {
    guard let free = try? freeSpace(at: home), free < reserve else {
      defer { isTold = false }
      return (true, isTold ? "there is space again" : nil)
    }
    defer { isTold = true }
    let need = "\(home) has \(free >> 20) MiB free, and \(reserve >> 20) MiB are kept in reserve"
    return (false, isTold ? nil : "nothing is started, waiting for space: \(need)")
  }

  /// Of the jobs that wait for space, those that may go on because something was freed since they stopped.
  mutating func takeRelieved(_ waiting: [JobID]) -> [JobID] {
    guard let free = try? freeSpace(at: home) else { return [] }
    var relieved: [JobID] = []
    for id in waiting {
      let before = freeAtDeferral[id] ?? free
      freeAtDeferral[id] = before
      if free >= max(before + max(Self.growth, reserve), reserve) { relieved.append(id) }
    }
    return relieved
  }

  mutating func forget(_ id: JobID) { freeAtDeferral[id] = nil }
}
