import DurableFiles
import Glibc
import Jobs

extension Intake {
  /// Accepts and rejects by what a validation said; returns the accepted jobs.
  func judge(_ validation: Validation, status: WaitStatus?, now: Double) -> [Job] {
    let verdicts = validation.verdicts
    var acceptances: [Acceptance] = []
    for (name, candidate) in validation.files.sorted(by: { isEarlier($0.key, $1.key) }) {
      guard isUnchanged(name, candidate, now: now), now >= pausedUntil else {
        arrivals.putBack(name)
        continue
      }
      guard let verdict = verdicts["\(spool.incoming)/\(name)"] else {
        unjudged(name, validation, status, now: now)
        continue
      }
      if !candidate.isJudged(by: verdict) {
        // Other bytes stood there for a moment, and what was said of them is not for everybody's eyes.
        log.warning("incoming/\(printable(name)) was exchanged while it was validated: it is validated again")
        arrivals.postpone(name, now: now)
        arrivals.putBack(name)
      } else if verdict.valid {
        acceptances.append(acceptance(of: name, candidate, verdict, sequence: lastSequence + acceptances.count + 1))
      } else {
        refuse(name, verdict.report ?? verdict.message ?? "It is not a valid job file.", now: now)
      }
    }
    return accept(acceptances, now: now)
  }

  /// Whether what lies in the folder now still looks like what was read.
  private func isUnchanged(_ name: String, _ candidate: Candidate, now: Double) -> Bool {
    guard let facts = try? facts(at: "\(spool.incoming)/\(name)") else {
      arrivals.forget(name)
      return false
    }
    if arrivals.facts(of: name) != facts { arrivals.saw(name, facts, finished: false, now: now) }
    return candidate.facts == facts
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

  private func acceptance(
    of name: String, _ candidate: Candidate, _ verdict: Verdict, sequence: Int
  ) -> Acceptance {
    let priorities = Request.priorities
    let wanted = candidate.origin?.priority ?? verdict.priority ?? 50
    let title = verdict.name ?? name
    let job = Job(
      id: JobID(sequence: sequence, name: title), name: title,
      priority: min(max(wanted, priorities.lowerBound), priorities.upperBound))
    return Acceptance(job: job, dropped: name, manifest: candidate.manifest, origin: candidate.origin)
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
}
