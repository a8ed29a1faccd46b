import DurableFiles
import Glibc
import Jobs
import RunFiles

/// Starting trainers, and finding those that an earlier daemon has left.
extension Paperwork {
  /// The result of starting an attempt.
  enum Launch: Sendable {
    case started(Child, kills: Int?, Commit)
    /// Not begun: some process holds the lock of the job's run.
    case occupied
    /// Not begun: the home has only so many bytes free.
    case noSpace(free: Int)
    /// Not begun: the disk does not tell who holds the run's lock, or how much space is free.
    case unclear(FileError)
    /// Not begun: the program `kiln` cannot be executed, so that no job can be started.
    case unready(SupervisionError)
    /// Not begun: the transition to `running/` could not be recorded.
    case unrecorded(Commit)
    /// Recorded as begun, but no trainer could be started.
    case failed(SupervisionError, Commit)
    /// Recorded as begun, but trouble with the job's own files kept the trainer from being started.
    case blocked(FileError, Commit)
  }

  /// Starts an attempt, unless the run is locked, too little space is free, or `kiln` cannot be executed.
  func launch(_ transition: Transition, of job: Job) -> Launch {
    do {
      guard try FileLock.holder(of: spool.runLock(of: job.id)) == .nobody else { return .occupied }
      let free = try freeSpace(at: spool.home)
      if free < settings.reserve { return .noSpace(free: free) }
    } catch {
      return .unclear(error)
    }
    // Checked before an attempt is counted, because during an upgrade the program is missing for a moment.
    guard access(settings.kiln, X_OK) == 0 else { return .unready(.program(path: settings.kiln, code: errno)) }
    let record = commit(transition, of: job)
    switch record {
    case .done, .incomplete: break
    case .failed, .elsewhere: return .unrecorded(record)
    }
    let kills = MemoryEvents.kills()
    do {
      return .started(try Child(try command(for: job.id)), kills: kills, record)
    } catch .file(let error) {
      return .blocked(error, record)
    } catch {
      return .failed(error, record)
    }
  }

  private func command(for id: JobID) throws(SupervisionError) -> Command {
    do throws(FileError) {
      // What an earlier attempt left must not be taken for this one's.
      try DurableFiles.remove(spool.errorReport(of: id))
      try DurableFiles.remove(spool.progress(of: id))
      // An origin that is there and cannot be read is an error: without it the job would look for its data elsewhere.
      let base = try spool.takenOrigin(of: id)?.base ?? settings.ownBase
      let arguments = settings.training(id, base: base, in: spool)
      return Command(
        program: settings.kiln, arguments: arguments, output: .log(spool.log(of: id)),
        environment: Grace(seconds: settings.grace).environment)
    } catch {
      throw .file(error)
    }
  }

  /// Whether some process works in the run of a job that was running when the daemon started.
  enum Claim: Sendable {
    /// No process does. `checkpoint` is the step of the newest checkpoint; nil if the disk does not tell.
    case free(checkpoint: Int?)
    /// A trainer does, and can be waited for.
    case trainer(Child, kills: Int?)
    /// Some process does, and it is not known which.
    case unclear
    case failed(FileError)
  }

  func claim(_ id: JobID) -> Claim {
    do throws(FileError) {
      switch try FileLock.holder(of: spool.runLock(of: id)) {
      case .nobody: return .free(checkpoint: try? spool.newestCheckpoint(of: id))
      case .unknown: return .unclear
      case .process(let process):
        guard let child = Child(leftBehind: process) else { return .unclear }
        // The process number in the lock's file may have become another process's since it was written. So the lock is
        // read again, now that a pidfd holds on to the process, and the process must have the lock's file open.
        guard try FileLock.holder(of: spool.runLock(of: id)) == .process(process),
          hasOpen(spool.runLock(of: id), process: process)
        else { return .unclear }
        return .trainer(child, kills: MemoryEvents.kills())
      }
    } catch {
      return .failed(error)
    }
  }
}

extension Spool {
  func errorReport(of id: JobID) -> String { folder(of: id)[.failure] }
  func runLock(of id: JobID) -> String { folder(of: id)[.lock] }
  func log(of id: JobID) -> String { folder(of: id)[.log] }
}
