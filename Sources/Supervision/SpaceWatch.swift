import Jobs

/// Whether there is room in the home, and whether there is again: looked at every few seconds while somebody waits for it.
struct SpaceWatch {
  private let home: String
  private let reserve: Int
  /// What was free when each job's last attempt ended.
  private var freeAtDeferral: [JobID: Int] = [:]
  private var isTold = false
  private(set) var nextLook = 0.0

  static let interval = 5.0
  /// So much more than before counts as space again.
  private static let growth = 1 << 20

  init(home: String, reserve: Int) {
    self.home = home
    self.reserve = reserve
  }

  /// Takes note of whether there is enough for a trainer; a sentence for the log when that changes.
  mutating func heard(isEnough: Bool, free: Int = 0) -> String? {
    guard isEnough == isTold else { return nil }
    isTold = !isEnough
    if isEnough { return "there is space again" }
    return
      "nothing is started, waiting for space: \(home) has \(free >> 20) MiB free, and \(reserve >> 20) MiB are kept in "
      + "reserve"
  }

  /// Whether it is time to look again for those that wait.
  mutating func takeLook(now: Double) -> Bool {
    guard now >= nextLook else { return false }
    nextLook = now + Self.interval
    return true
  }

  /// An attempt ended when so much was free. If it ended for want of space, its job waits until more is.
  mutating func ended(_ id: JobID, free: Int?) { freeAtDeferral[id] = free }

  /// Of the jobs that wait for space, those that may go on because something was freed since they stopped.
  mutating func takeRelieved(_ waiting: [JobID], free: Int) -> [JobID] {
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
