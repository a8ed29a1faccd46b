import Glibc
import Jobs
import RunFiles

/// The trainers at work, each the child of this daemon or left behind by an earlier one. This type signals and watches
/// them; errands read and write their files (`Paperwork`).
struct Trainers {
  private struct Attempt {
    let child: Child
    var watch: ProgressWatch
    var progress: Progress?
    /// The kernel's count of kills when the attempt began; see `MemoryEvents`.
    let kills: Int?
    /// When a trainer that was told to stop is killed.
    var killAt: Double?
  }

  private var attempts: [JobID: Attempt] = [:]
  private let settings: Settings
  private var nextLook = 0.0
  /// Whether an errand is reading `progress.json` of the trainers.
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

  /// What a trainer last reported.
  func progress(of id: JobID) -> Progress? { attempts[id]?.progress }

  /// Notes that a trainer works on the job from now on.
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

  /// Kills the trainers that were asked to stop and have used up their grace period.
  mutating func killOverdue(now: Double) {
    for (id, attempt) in attempts {
      guard let killAt = attempt.killAt, now >= killAt else { continue }
      attempt.child.signalGroup(SIGKILL)
      attempts[id]?.killAt = .infinity
    }
  }

  /// The jobs whose `progress.json` is to be read now: all of them every few seconds, otherwise none.
  mutating func takeLook(now: Double) -> [JobID] {
    guard now >= nextLook, !attempts.isEmpty, !isLooking else { return [] }
    nextLook = now + interval
    isLooking = true
    return Array(attempts.keys)
  }

  /// Notes what the trainers report; returns the jobs whose trainers hang. A trainer whose report could not be read is
  /// not judged.
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

  /// Seconds between looks: few enough to notice a hang soon after its time, and to have fresh figures.
  private var interval: Double { min(5, settings.stall / 4) }

  /// Removes and returns the trainers that have ended: their descriptors are readable.
  mutating func takeEnded(_ readable: Set<Int32>) -> [(id: JobID, status: WaitStatus?, kills: Int?)] {
    var ended: [(id: JobID, status: WaitStatus?, kills: Int?)] = []
    for (id, attempt) in attempts where readable.contains(attempt.child.descriptor) {
      attempts[id] = nil
      ended.append((id, attempt.child.reap(), attempt.kills))
    }
    return ended
  }
}
