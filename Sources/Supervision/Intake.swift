import DurableFiles
import Glibc
import Jobs
import Logging
import RunFiles

/// From `incoming/` to `queued/` or `rejected/`: waits until files are finished, has `kiln` validate them, many at a
/// time, and accepts or rejects them.
final class Intake {
  let settings: Settings
  let spool: Spool
  let log: Logger
  var arrivals: Arrivals
  var validation: Validation?
  /// Files that were validated together with others, and for which that validation gave no verdict: each is validated
  /// alone.
  var suspects: Set<ByteText> = []
  /// Acceptances that failed, where the disk did not tell whether the job had reached `queued/`.
  var unsettled: [Acceptance] = []
  /// After trouble that is not the files' fault, no validation is begun before this moment.
  var pausedUntil = 0.0
  var lastSequence: Int
  /// The number of files in `rejected/`.
  private(set) var rejected: Int
  private var ignored: Set<ByteText> = []
  /// Names that are not UTF-8, of files that cannot be moved.
  private var stuck: Set<[UInt8]> = []
  private var nextScan = 0.0

  /// The most files that one child validates.
  static let batch = Acceptance.largestGroup
  /// Seconds between scans. inotify does not tell what other machines write to a network file system.
  static let scanInterval = 60.0
  /// Seconds until the next try after trouble that is not the files' fault.
  static let pause = 10.0

  init(_ settings: Settings, _ spool: Spool, _ log: Logger, _ census: Census) {
    self.settings = settings
    self.spool = spool
    self.log = log
    lastSequence = census.greatestSequence
    rejected = census.counts[.rejected] ?? 0
    arrivals = Arrivals(quiet: settings.quiet)
  }

  var descriptors: [Int32] { validation.map { [$0.descriptor] } ?? [] }

  /// When `proceed` has something to do even if nothing happens.
  var deadline: Double {
    if let validation { return min(validation.deadline, nextScan) }
    if !unsettled.isEmpty { return min(nextScan, pausedUntil) }
    return min(nextScan, max(arrivals.nextReady ?? .infinity, pausedUntil))
  }

  /// Takes notice of what happened in `incoming/`.
  func heed(_ notices: [Watcher.Notice], now: Double) {
    for case .happened(let happening, spool.incoming, let name) in notices {
      arrivals.writers.saw(happening, of: name)
      switch happening {
      // Another process that has the file open may be a second writer, so the file has to be quiet first.
      case .closedByWriter, .movedHere: noticed(name, finished: !arrivals.writers.mayHave(name), now: now)
      case .appeared, .modified: noticed(name, finished: false, now: now)
      case .removed, .movedAway: arrivals.forget(name)
      case .opened, .closedByReader: continue
      }
    }
    if notices.contains(.unclear) {
      arrivals.writers.forgetAll()
      scan(now: now)
    }
  }

  private func noticed(_ name: ByteText, finished: Bool, now: Double) {
    guard Submission.isManifest(name.text) else { return ignore(name) }
    do {
      if let facts = try facts(at: "\(spool.incoming)/\(name)") {
        arrivals.saw(name, facts, finished: finished, now: now)
      }
    } catch {
      log.error("\(error)")
    }
  }

  /// Looks at everything in `incoming/`, the oldest first.
  func scan(now: Double) {
    nextScan = now + Self.scanInterval
    do {
      var found: [(name: ByteText, facts: FileFacts)] = []
      for entry in try entries(of: spool.incoming) {
        guard let name = entry.name.map(ByteText.init) else {
          rejectUnreadable(entry)
          continue
        }
        guard Submission.isManifest(name.text) else {
          ignore(name)
          continue
        }
        if let facts = try facts(at: "\(spool.incoming)/\(name)") { found.append((name, facts)) }
      }
      for file in found.sorted(by: { ($0.facts.modified, $0.name) < ($1.facts.modified, $1.name) }) {
        arrivals.saw(file.name, file.facts, finished: false, now: now)
      }
      tellOfWriters(now: now)
    } catch {
      log.error("\(error)")
    }
  }

  /// Logs which files are waited for, so that a person can find out why nothing happens to a file.
  private func tellOfWriters(now: Double) {
    for name in arrivals.takeLongWritten(after: Self.scanInterval, now: now) {
      // Of files of the daemon's own user the kernel can tell for certain. If it does not, the file is still waited
      // for.
      if (try? isBeingWritten("\(spool.incoming)/\(name)")) == false {
        arrivals.writers.forget(name)
        continue
      }
      log.notice(
        "incoming/\(printable(name.text)) is still open for writing: it is taken when its writer has closed it")
    }
  }

  /// Does what can be done now; returns the jobs that were accepted.
  func proceed(readable: Set<Int32>, now: Double) -> [Job] {
    if now >= nextScan { scan(now: now) }
    var accepted: [Job] = []
    if let validation, hasEnded(validation, readable, now) {
      self.validation = nil
      accepted = judge(validation, status: validation.child.reap(), now: now)
    }
    if !unsettled.isEmpty && now >= pausedUntil {
      let group = unsettled
      unsettled = []
      accepted += settle(group, now: now)
    }
    if validation == nil && now >= pausedUntil { validation = nextValidation(now: now) }
    return accepted
  }

  /// Nothing more is taken in; a validation under way is dropped, its files stay where they are.
  func stop() {
    _ = validation?.child.reap()
    validation = nil
  }

  private func hasEnded(_ validation: Validation, _ readable: Set<Int32>, _ now: Double) -> Bool {
    if now >= validation.deadline { return true }
    return readable.contains(validation.descriptor) && validation.proceed()
  }

  /// Logs, once per name, that a file is left alone because it is no job.
  private func ignore(_ name: ByteText) {
    if name.hasPrefix(".") || name.hasSuffix(Submission.originSuffix) { return }
    guard ignored.count < 1000, ignored.insert(name).inserted else { return }
    log.notice("incoming/\(printable(name.text)) is left alone: only .yaml, .yml and .json files are jobs")
  }

  private func rejectUnreadable(_ entry: DirectoryEntry) {
    let isManifest = Submission.endings.contains { entry.bytes.suffix($0.utf8.count).elementsEqual($0.utf8) }
    guard isManifest, entry.bytes.first != UInt8(ascii: "."), !stuck.contains(entry.bytes) else { return }
    reject(entry, "Its name is not UTF-8 text. Rename it and drop it again.")
  }

  func reject(_ entry: DirectoryEntry, _ report: String) {
    do {
      let name = try spool.reject(entry, report: report)
      if let old = entry.name { arrivals.forget(ByteText(old)) }
      rejected += 1
      log.notice("rejected/\(printable(name)): \(printable(report.prefix { $0 != "\n" }, limit: 300))")
    } catch {
      switch error.code {
      // Another user's folder cannot be moved. The report is in rejected/; the file must not hold up the others.
      case EACCES, EPERM: leave(entry, error)
      case ENOENT: if let old = entry.name { arrivals.forget(ByteText(old)) }
      default: trouble("\(error)", now: uptime())
      }
    }
  }

  private func leave(_ entry: DirectoryEntry, _ error: FileError) {
    if let name = entry.name { arrivals.leave(ByteText(name)) } else if stuck.count < 1000 { stuck.insert(entry.bytes) }
    log.warning("\(printable("\(error)")); it is left where it is")
  }

  /// Something is wrong that is no file's fault: everything stays where it is and is tried again later.
  func trouble(_ text: String, now: Double) {
    log.error("\(text); dropped files wait, the next try is in \(Int(Self.pause)) s")
    pausedUntil = now + Self.pause
  }
}
