import Glibc
import Jobs
import RunFiles

/// The trainers at work, each the child of this daemon or left behind by an earlier one. It signals and watches; what has
/// to be read or written about them, errands do (`Paperwork`).
struct Trainers {
  private struct Attempt {
    let child: Child
    var watch: ProgressWatch
    var progress: Progress?
    /// The kernel's count of kills when it began.
    let kills: Int?
    /// When a trainer that was told to stop is killed.
    var killAt: Double?
  }

  private var attempts: [JobID: Attempt] = [:]
  private let settings: Settings
  private var nextLook = 0.0
  /// Somebody is reading what the trainers say.
  private var isLooking = false

  init(_ settings: Settings) {
    self.settings = settings
  }

  var count: Int { attempts.count }
  var descriptors: [Int32] { attempts.values.map(\.child.descriptor) }

  var deadline: Double {
    let kills = attempts.values.compactMap(\.killAt).min() ?? .infinity
    return attempts.values.contains { $0.killAt == nil } && !isLooking ? min(kills, nextLook) : kills
  }

  /// What a trainer last said of itself.
  func progress(of id: JobID) -> Progress? { attempts[id]?.progress }

  /// From now on a trainer works on the job.
  mutating func add(_ id: JobID, _ child: Child, kills: Int?, now: Double) {
    attempts[id] = Attempt(child: child, watch: ProgressWatch(patience: settings.stall, now: now), kills: kills)
    nextLook = min(nextLook, now + interval)
  }

  /// Asks a trainer to write a checkpoint and stop.
  mutating func terminate(_ id: JobID, now: Double) {
    guard let attempt = attempts[id], attempt.killAt == nil else { return }
    attempt.child.signalGroup(SIGTERM)
    attempts[id]?.killAt = now + settings.grace
  }

  /// Kills those that were asked to stop and had their time.
  mutating func killOverdue(now: Double) {
    for (id, attempt) in attempts {
      guard let killAt = attempt.killAt, now >= killAt else { continue }
      attempt.child.signalGroup(SIGKILL)
      attempts[id]?.killAt = .infinity
    }
  }

  /// Whose word is to be read now: every few seconds everybody's, else nobody's.
  mutating func takeLook(now: Double) -> [JobID] {
    guard now >= nextLook, !attempts.isEmpty, !isLooking else { return [] }
    nextLook = now + interval
    isLooking = true
    return Array(attempts.keys)
  }

  /// Takes note of what the trainers say; returns those that hang. Whose word could not be read is not judged.
  mutating func heard(_ words: [JobID: Paperwork.Word], now: Double) -> [JobID] {
    isLooking = false
    var stalled: [JobID] = []
    for (id, word) in words {
      guard var attempt = attempts[id] else { continue }
      switch word {
      case .unreadable: continue
      case .nothing: break
      case .progress(let progress):
        attempt.progress = progress
        attempt.watch.saw(progress, now: now)
      }
      attempts[id] = attempt
      if attempt.killAt == nil && attempt.watch.isStalled(now: now) { stalled.append(id) }
    }
    return stalled
  }

  /// Often enough to notice a hang soon after its time, and to have fresh figures.
  private var interval: Double { min(5, settings.stall / 4) }

  /// Those that ended among the trainers whose descriptors are readable.
  mutating func takeEnded(_ readable: Set<Int32>) -> [(id: JobID, status: WaitStatus?, kills: Int?)] {
    var ended: [(id: JobID, status: WaitStatus?, kills: Int?)] = []
    for (id, attempt) in attempts where readable.contains(attempt.child.descriptor) {
      attempts[id] = nil
      ended.append((id, attempt.child.reap(), attempt.kills))
    }
    return ended
  }
}
