import DurableFiles
import Glibc
import Jobs
import RunFiles

extension Intake {
  /// Accepts and rejects files by the verdicts of a validation; returns the accepted jobs.
  func judge(_ validation: Validation, status: WaitStatus?, now: Double) -> [Job] {
    let verdicts = validation.verdicts
    var acceptances: [Acceptance] = []
    for (name, candidate) in validation.files.sorted(by: { isEarlier($0.key, $1.key) }) {
      guard isUnchanged(name, candidate, now: now), now >= pausedUntil else {
        arrivals.putBack(name)
        continue
      }
      guard let verdict = verdicts[ByteText("\(spool.incoming)/\(name)")] else {
        unjudged(name, validation, status, now: now)
        continue
      }
      if !candidate.isJudged(by: verdict) {
        // The verdict is about other bytes, which stood there for a moment. Its report is not shown, because it may
        // quote a file that people may not read.
        log.warning("incoming/\(printable(name.text)) was exchanged while it was validated: it is validated again")
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
  private func isUnchanged(_ name: ByteText, _ candidate: Candidate, now: Double) -> Bool {
    do {
      guard let facts = try facts(at: "\(spool.incoming)/\(name)") else {
        arrivals.forget(name)
        return false
      }
      if arrivals.facts(of: name) != facts { arrivals.saw(name, facts, finished: false, now: now) }
      return candidate.facts == facts && !arrivals.writers.have(name)
    } catch {
      trouble("\(error)", now: now)
      return false
    }
  }

  private func isEarlier(_ a: ByteText, _ b: ByteText) -> Bool {
    (arrivals.order(of: a), a) < (arrivals.order(of: b), b)
  }

  private func unjudged(_ name: ByteText, _ validation: Validation, _ status: WaitStatus?, now: Double) {
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

  private func refuse(_ name: ByteText, _ report: String, now: Double) {
    if arrivals.isQuiet(name, now: now) {
      suspects.remove(name)
      reject(DirectoryEntry(name.text, .regular), report)
    } else {
      arrivals.putBack(name)
    }
  }

  private func acceptance(
    of name: ByteText, _ candidate: Candidate, _ verdict: Verdict, sequence: Int
  ) -> Acceptance {
    let priorities = Request.priorities
    let wanted = candidate.origin?.priority ?? verdict.priority ?? 50
    let title = verdict.name ?? name.text
    let job = Job(
      id: JobID(sequence: sequence, name: title), name: title,
      priority: min(max(wanted, priorities.lowerBound), priorities.upperBound))
    return Acceptance(job: job, dropped: name.text, manifest: candidate.manifest, origin: candidate.origin)
  }

  /// Accepts a group. If that fails in the middle, what has reached `queued/` is accepted, and the rest waits.
  private func accept(_ group: [Acceptance], now: Double) -> [Job] {
    guard !group.isEmpty else { return [] }
    do {
      try spool.accept(group, now: wallTime())
    } catch {
      trouble("\(error)", now: now)
    }
    lastSequence += group.count
    return settle(group, now: now)
  }

  /// Finds out which acceptances have happened. Those of which the disk does not tell are looked at again later.
  func settle(_ group: [Acceptance], now: Double) -> [Job] {
    var jobs: [Job] = []
    for acceptance in group {
      do throws(FileError) {
        guard try spool.isQueued(acceptance.job.id) else {
          arrivals.putBack(ByteText(acceptance.dropped))
          undo(acceptance.job.id)
          continue
        }
        jobs.append(acceptance.job)
        suspects.remove(ByteText(acceptance.dropped))
        arrivals.forget(ByteText(acceptance.dropped))
        log.info("\(acceptance.job.id) accepted from incoming/\(printable(acceptance.dropped))")
      } catch {
        // The run may belong to a queued job, so it is not removed before the disk tells.
        unsettled.append(acceptance)
        trouble("\(error)", now: now)
      }
    }
    return jobs
  }

  /// Removes a prepared run. If that fails, the next start removes it.
  private func undo(_ id: JobID) {
    do throws(FileError) { try spool.discard(id) } catch { log.error("\(error)") }
  }
}
