import DurableFiles
import Glibc
import Jobs

/// The trainers at work, each the child of this daemon or left behind by an earlier one.
final class Trainers {
  private struct Attempt {
    let child: Child
    /// When a trainer that was told to stop is killed.
    var killAt: Double?
  }

  private var attempts: [JobID: Attempt] = [:]
  private let settings: Settings
  private let spool: Spool

  init(_ settings: Settings, _ spool: Spool) {
    self.settings = settings
    self.spool = spool
  }

  var count: Int { attempts.count }
  var descriptors: [Int32] { attempts.values.map(\.child.descriptor) }
  var deadline: Double { attempts.values.compactMap(\.killAt).min() ?? .infinity }

  /// Starts a trainer on a job whose manifest is in `running/`.
  func launch(_ id: JobID) throws(SupervisionError) {
    do {
      try remove(errorReport(of: id))
    } catch {
      throw .file(error)
    }
    let origin = (try? readFile(spool.origin(id), limit: 64 << 10)).flatMap { Origin($0) }
    let arguments = settings.training(id, base: origin?.base ?? settings.ownBase, in: spool)
    let command = Command(program: settings.kiln, arguments: arguments, output: .log("\(spool.run(id))/train.log"))
    attempts[id] = Attempt(child: try Child(command))
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
      attempts[id] = Attempt(child: child)
      terminate(id, now: now)
      return .ours
    }
  }

  /// Whether a process, whoever started it, works in the job's run.
  func isLocked(_ id: JobID) -> Bool {
    (try? FileLock.holder(of: lock(of: id))) != .nobody
  }

  func isAtWork(_ id: JobID) -> Bool { attempts[id] != nil }

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

  /// Those that ended among the trainers whose descriptors are readable.
  func takeEnded(_ readable: Set<Int32>) -> [(id: JobID, end: AttemptEnd)] {
    var ended: [(id: JobID, end: AttemptEnd)] = []
    for (id, attempt) in attempts where readable.contains(attempt.child.descriptor) {
      attempts[id] = nil
      ended.append((id, AttemptEnd(attempt.child.reap(), report: report(of: id))))
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
