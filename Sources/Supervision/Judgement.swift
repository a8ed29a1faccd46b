import DurableFiles
import Glibc
import Jobs

extension Intake {
  /// Begins to validate the files that are ready and share a base folder; nil if there are none.
  func nextValidation(now: Double) -> Validation? {
    var files: [String: FileFacts] = [:]
    var sharedBase: String?
    for name in arrivals.ready(now: now) where files.count < Self.batch {
      guard let facts = examined(name, now: now) else { continue }
      let base = origin(of: name)?.base ?? settings.ownBase
      guard sharedBase == nil || (sharedBase == base && !suspects.contains(name)) else { continue }
      sharedBase = base
      files[name] = facts
      if suspects.contains(name) { break }
    }
    guard let base = sharedBase else { return nil }
    do {
      let validation = try Validation(files, base: base, in: spool.incoming, settings, now: now)
      for name in files.keys { arrivals.take(name) }
      return validation
    } catch {
      trouble("\(error)", now: now)
      return nil
    }
  }

  /// The facts of a file that may be read now. Everything else is rejected, waited for or forgotten here.
  private func examined(_ name: String, now: Double) -> FileFacts? {
    let path = "\(spool.incoming)/\(name)"
    do {
      guard let facts = try facts(at: path) else {
        arrivals.forget(name)
        return nil
      }
      if let reason = Self.refusal(of: facts) {
        reject(DirectoryEntry(name, facts.kind), reason)
        return nil
      }
      if arrivals.facts(of: name) != facts {
        arrivals.saw(name, facts, finished: false, now: now)
        return nil
      }
      // Its end will be noticed; the wait is for the case that it is not.
      if try isBeingWritten(path) == true {
        arrivals.postpone(name, now: now)
        return nil
      }
      return facts
    } catch {
      if error.code == EACCES || error.code == EPERM {
        reject(DirectoryEntry(name, .regular), "The daemon may not read it: \(error)")
      } else {
        trouble("\(error)", now: now)
      }
      return nil
    }
  }

  /// Why something cannot be a manifest, from its looks alone.
  static func refusal(of facts: FileFacts) -> String? {
    switch facts.kind {
    case .directory: "It is a folder. Drop the job file itself."
    case .link: "It is a symbolic link. Drop a copy of the file."
    case .other: "It is a pipe, a socket or a device. Drop a regular file."
    case .regular where facts.links > 1: "It is a hard link to another file. Drop a copy of the file."
    case .regular where facts.size > Submission.largest:
      "It has \(facts.size) bytes; a job file has at most \(Submission.largest)."
    case .regular: nil
    }
  }

  /// Accepts and rejects by what a validation said; returns the accepted jobs.
  func judge(_ validation: Validation, status: WaitStatus?, now: Double) -> [Job] {
    let verdicts = validation.verdicts
    var acceptances: [Acceptance] = []
    for name in validation.files.keys.sorted(by: isEarlier) {
      guard isUnchanged(name, since: validation, now: now), now >= pausedUntil else {
        arrivals.putBack(name)
        continue
      }
      if let verdict = verdicts["\(spool.incoming)/\(name)"] {
        if !verdict.valid {
          refuse(name, verdict.report ?? verdict.message ?? "It is not a valid job file.", now: now)
        } else if let acceptance = acceptance(of: name, verdict, sequence: lastSequence + acceptances.count + 1) {
          acceptances.append(acceptance)
        }
      } else {
        unjudged(name, validation, status, now: now)
      }
    }
    return accept(acceptances, now: now)
  }

  /// Whether what was validated is what lies in the folder now.
  private func isUnchanged(_ name: String, since validation: Validation, now: Double) -> Bool {
    guard let facts = try? facts(at: "\(spool.incoming)/\(name)") else {
      arrivals.forget(name)
      return false
    }
    if arrivals.facts(of: name) != facts { arrivals.saw(name, facts, finished: false, now: now) }
    return validation.files[name] == facts
  }

  private func isEarlier(_ a: String, _ b: String) -> Bool {
    (arrivals.order(of: a), a) < (arrivals.order(of: b), b)
  }

  private func unjudged(_ name: String, _ validation: Validation, _ status: WaitStatus?, now: Double) {
    if validation.files.count > 1 {
      suspects.insert(name)
      arrivals.putBack(name)
      return
    }
    switch status {
    case .signalled(SIGKILL) where now >= validation.deadline:
      refuse(name, "Its validation took more than \(Int(validation.deadline - validation.began)) s.", now: now)
    case .signalled(let signal):
      refuse(name, "Its validation died of signal \(signal); please report this file.", now: now)
    case .exited(let code):
      arrivals.putBack(name)
      trouble("\(settings.kiln) validate ended with status \(code) and no verdict", now: now)
    case nil:
      arrivals.putBack(name)
    }
  }

  private func refuse(_ name: String, _ report: String, now: Double) {
    if arrivals.isQuiet(name, now: now) {
      suspects.remove(name)
      reject(DirectoryEntry(name, .regular), report)
    } else {
      arrivals.putBack(name)
    }
  }

  private func acceptance(of name: String, _ verdict: Verdict, sequence: Int) -> Acceptance? {
    let origin = originBytes(of: name)
    let priority = origin.flatMap { Origin($0) }?.priority ?? verdict.priority ?? 50
    let title = verdict.name ?? name
    do {
      let path = "\(spool.incoming)/\(name)"
      let manifest = try readFile(path, limit: Submission.largest, followingLinks: false)
      let job = Job(id: JobID(sequence: sequence, name: title), name: title, priority: priority)
      return Acceptance(job: job, dropped: name, manifest: manifest, origin: origin)
    } catch {
      log.error("\(error)")
      arrivals.putBack(name)
      return nil
    }
  }

  /// Accepts a group. If that fails in the middle, what has reached `queued/` is accepted, and the rest waits.
  private func accept(_ group: [Acceptance], now: Double) -> [Job] {
    guard !group.isEmpty else { return [] }
    do {
      try spool.accept(group, now: wallTime())
    } catch {
      trouble("\(error)", now: now)
    }
    var jobs: [Job] = []
    for acceptance in group {
      guard spool.isQueued(acceptance.job.id) else {
        spool.undo(acceptance.job.id)
        arrivals.putBack(acceptance.dropped)
        continue
      }
      jobs.append(acceptance.job)
      suspects.remove(acceptance.dropped)
      arrivals.forget(acceptance.dropped)
      log.info("\(acceptance.job.id) accepted from incoming/\(printable(acceptance.dropped))")
    }
    lastSequence += group.count
    return jobs
  }

  private func origin(of name: String) -> Origin? { originBytes(of: name).flatMap { Origin($0) } }

  private func originBytes(of name: String) -> [UInt8]? {
    try? readFile("\(spool.incoming)/\(name)\(Submission.originSuffix)", limit: 64 << 10, followingLinks: false)
  }
}
