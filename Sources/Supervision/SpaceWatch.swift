import Jobs

/// Watches the free space of the home: whether it is enough to start a trainer, and whether more has become free for
/// the jobs that wait for space.
struct SpaceWatch {
  private let home: String
  private let reserve: Int
  /// What was free when each job's last attempt ended.
  private var freeAtDeferral: [JobID: Int] = [:]
  private var isTold = false
  private(set) var nextLook = 0.0

  /// Seconds between looks while something waits for space.
  static let interval = 5.0
  /// Bytes that have to become free before a waiting job goes on; more if the reserve is greater.
  private static let growth = 1 << 20

  init(home: String, reserve: Int) {
    self.home = home
    self.reserve = reserve
  }

  /// Notes whether there is enough space for a trainer; returns a sentence for the log when that changes.
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

  /// Notes how much was free when an attempt ended. If the attempt ended for want of space, its job waits until more is
  /// free.
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
