import DurableFiles
import Glibc
import Jobs
import RunFiles

/// The trainers at work, each the child of this daemon or left behind by an earlier one.
final class Trainers {
  private struct Attempt {
    let child: Child
    var watch: ProgressWatch
    var progress: Progress?
    /// The kernel's count of kills when it began.
    let memoryKills: Int?
    /// When a trainer that was told to stop is killed.
    var killAt: Double?
  }

  private var attempts: [JobID: Attempt] = [:]
  private let settings: Settings
  private let spool: Spool
  private var nextLook = 0.0

  init(_ settings: Settings, _ spool: Spool) {
    self.settings = settings
    self.spool = spool
  }

  var count: Int { attempts.count }
  var descriptors: [Int32] { attempts.values.map(\.child.descriptor) }

  var deadline: Double {
    let kills = attempts.values.compactMap(\.killAt).min() ?? .infinity
    return attempts.values.contains { $0.killAt == nil } ? min(kills, nextLook) : kills
  }

  /// What a trainer last said of itself.
  func progress(of id: JobID) -> Progress? { attempts[id]?.progress }

  /// Starts a trainer on a job whose manifest is in `running/`.
  func launch(_ id: JobID, now: Double) throws(SupervisionError) {
    let origin: Origin?
    do {
      origin = try spool.takenOrigin(of: id)
      // What an earlier attempt left says nothing about this one.
      try remove(errorReport(of: id))
      try remove(spool.progress(of: id))
    } catch {
      throw .file(error)
    }
    let arguments = settings.training(id, base: origin?.base ?? settings.ownBase, in: spool)
    let command = Command(program: settings.kiln, arguments: arguments, output: .log("\(spool.run(id))/train.log"))
    attempt(id, by: try Child(command), now: now)
  }

  private func attempt(_ id: JobID, by child: Child, now: Double) {
    attempts[id] = Attempt(
      child: child, watch: ProgressWatch(patience: settings.stall, now: now), memoryKills: MemoryEvents.kills())
    nextLook = min(nextLook, now + interval)
  }

  /// Whether some process works in a job's run, and whether it can be waited for from now on.
  enum Claim { case free, ours, unclear }

  /// Takes over a trainer that an earlier daemon left behind, and tells it to stop: it has nobody else to listen to.
  func claim(_ id: JobID, now: Double) throws(FileError) -> Claim {
    switch try FileLock.holder(of: lock(of: id)) {
    case .nobody: return .free
    case .unknown: return .unclear
    case .process(let process):
      guard let child = Child(leftBehind: process) else { return .unclear }
      attempt(id, by: child, now: now)
      terminate(id, now: now)
      return .ours
    }
  }

  /// Whether a process, whoever started it, works in the job's run.
  func isLocked(_ id: JobID) -> Bool {
    (try? FileLock.holder(of: lock(of: id))) != .nobody
  }

  /// Asks a trainer to write a checkpoint and stop.
  func terminate(_ id: JobID, now: Double) {
    guard attempts[id]?.killAt == nil else { return }
    attempts[id]?.child.signalGroup(SIGTERM)
    attempts[id]?.killAt = now + settings.grace
  }

  /// Kills those that were asked to stop and had their time.
  func killOverdue(now: Double) {
    for (id, attempt) in attempts {
      guard let killAt = attempt.killAt, now >= killAt else { continue }
      attempt.child.signalGroup(SIGKILL)
      attempts[id]?.killAt = .infinity
    }
  }

  /// Reads how far the trainers are, every few seconds; returns those that hang.
  func takeStalled(now: Double) -> [JobID] {
    guard now >= nextLook, !attempts.isEmpty else { return [] }
    nextLook = now + interval
    var stalled: [JobID] = []
    for (id, attempt) in attempts {
      var attempt = attempt
      if let progress = try? Progress(contentsOf: spool.progress(of: id)) { attempt.progress = progress }
      attempt.watch.saw(attempt.progress, now: now)
      attempts[id] = attempt
      if attempt.killAt == nil && attempt.watch.isStalled(now: now) { stalled.append(id) }
    }
    return stalled
  }

  /// Often enough to notice a hang soon after its time, and to have fresh figures.
  private var interval: Double { min(5, settings.stall / 4) }

  /// Those that ended among the trainers whose descriptors are readable.
  func takeEnded(_ readable: Set<Int32>) -> [(id: JobID, end: AttemptEnd)] {
    var ended: [(id: JobID, end: AttemptEnd)] = []
    for (id, attempt) in attempts where readable.contains(attempt.child.descriptor) {
      attempts[id] = nil
      let status = attempt.child.reap()
      let outOfMemory = (MemoryEvents.kills() ?? 0) > attempt.memoryKills ?? .max
      ended.append((id, AttemptEnd(status, report: report(of: id), outOfMemory: outOfMemory)))
    }
    return ended
  }

  private func report(of id: JobID) -> String? {
    guard let bytes = try? readFile(errorReport(of: id), limit: 64 << 10) else { return nil }
    let text = String(decoding: bytes, as: UTF8.self)
    let words = text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()
    return words.isEmpty ? nil : String(String(words).prefix(2000))
  }

  private func errorReport(of id: JobID) -> String { "\(spool.run(id))/error.txt" }
  private func lock(of id: JobID) -> String { "\(spool.run(id))/run.lock" }
}
