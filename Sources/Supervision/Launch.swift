import DurableFiles
import Glibc
import Jobs
import RunFiles

/// Starting trainers, and finding those that an earlier daemon has left.
extension Paperwork {
  /// What came of an attempt's begin.
  enum Launch: Sendable {
    case started(Child, kills: Int?, Commit)
    /// Not begun: a process, whoever started it, trains in the job's run.
    case occupied
    /// Not begun: so few bytes are free.
    case noSpace(free: Int)
    /// Not begun: the job's own files, or the home's, do not allow it.
    case unclear(FileError)
    /// Not begun: no trainer can be started, of whatever job.
    case unready(SupervisionError)
    /// Not begun: the record of the begin failed.
    case unrecorded(Commit)
    /// Begun, and no trainer could be started.
    case failed(SupervisionError, Commit)
    /// Begun, and the job's own files kept its trainer from being started.
    case blocked(FileError, Commit)
  }

  /// Begins an attempt, if there is nothing to be said against it.
  func launch(_ transition: Transition, of job: Job) -> Launch {
    do {
      guard try FileLock.holder(of: spool.runLock(of: job.id)) == .nobody else { return .occupied }
      let free = try freeSpace(at: spool.home)
      if free < settings.reserve { return .noSpace(free: free) }
    } catch {
      return .unclear(error)
    }
    // Looked at before an attempt is counted: during an upgrade the program is gone for a moment.
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
      // What an earlier attempt left says nothing about this one.
      try DurableFiles.remove(spool.errorReport(of: id))
      try DurableFiles.remove(spool.progress(of: id))
      // One that is there and cannot be read is not as good as none: the job would look for its data elsewhere.
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
    /// Nobody does. The run's newest checkpoint is at a step.
    case free(checkpoint: Int?)
    /// A trainer does, and can be waited for.
    case trainer(Child, kills: Int?)
    /// Somebody does, and it is not known who.
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
        // The number was written by whoever took the lock, and may have become another's since. So it is looked at again,
        // now that a descriptor holds on to the process: who has the lock's file open is no stranger.
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
