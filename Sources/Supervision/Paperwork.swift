import DurableFiles
import Glibc
import Jobs
import RunFiles

/// The operations that the daemon runs as errands: all that touch the disk or start a process, and so may take long.
/// `Paperwork` has no state of its own. Each method returns its result, and the loop decides what follows.
struct Paperwork: Sendable {
  let settings: Settings
  let spool: Spool

  /// The result of recording a transition.
  enum Commit: Sendable {
    /// The transition has happened. The remarks, for the log, say what had to be put right on the way.
    case done(remarks: [String])
    /// The transition has happened, but a part of its record is missing. The next start completes the record.
    case incomplete(FileError)
    /// Nothing has happened.
    case failed(FileError)
    /// Somebody moved the manifest: into the folder of another state, which is the job's state then, or out of the home
    /// (nil). The job is given if that state is not a final one.
    case elsewhere(StateFolder?, Job?, FileError)
  }

  func commit(_ transition: Transition, of job: Job) -> Commit {
    do {
      return .done(remarks: try spool.commit(transition, from: job.state, now: wallTime()))
    } catch {
      return recheck(transition, of: job, after: error)
    }
  }

  /// Finds out what a failed commit has done: if the rename has happened after all, so has the transition.
  private func recheck(_ transition: Transition, of job: Job, after error: FileError) -> Commit {
    do {
      let folder = try spool.state(of: job.id)
      if folder == job.state.folder { return .failed(error) }
      if folder == transition.job.state.folder { return .incomplete(error) }
      guard let folder, StateFolder.active.contains(folder) else { return .elsewhere(folder, nil, error) }
      return .elsewhere(folder, try spool.load(job.id, in: folder).job, error)
    } catch {
      return .failed(error)
    }
  }

  /// A job that the loop does not know.
  enum Finding: Sendable {
    case found(Job)
    case nothing
    case unclear(FileError)
  }

  func find(_ id: JobID) -> Finding {
    do {
      guard let folder = try spool.state(of: id) else { return .nothing }
      return .found(try spool.load(id, in: folder).job)
    } catch {
      return .unclear(error)
    }
  }

  /// What is asked of the daemon.
  struct Wishes: Sendable {
    var pending: [PendingRequest]
    var isDraining: Bool
  }

  func wishes() -> Result<Wishes, FileError> {
    do throws(FileError) {
      let isDraining = try spool.isDraining
      return .success(Wishes(pending: try spool.pendingRequests(), isDraining: isDraining))
    } catch {
      return .failure(error)
    }
  }

  /// Removes a request that has been carried out.
  func remove(_ request: PendingRequest) -> FileError? {
    do {
      try DurableFiles.remove(request.path)
      return nil
    } catch {
      return error
    }
  }
}

extension Paperwork {
  /// How a trainer ended, how far it had come, and what was free on the disk.
  struct Ending: Sendable {
    var end: AttemptEnd
    /// Nil if the disk does not tell.
    var checkpoint: Int?
    var free: Int?
  }

  /// - Parameters:
  ///   - status: nil if it was not our child.
  ///   - kills: the kernel's count of kills when the attempt began; see `MemoryEvents`.
  func ending(of id: JobID, _ status: WaitStatus?, kills: Int?) -> Ending {
    let outOfMemory = (MemoryEvents.kills() ?? 0) > kills ?? .max
    return Ending(
      end: AttemptEnd(status, report: report(of: id), outOfMemory: outOfMemory),
      checkpoint: try? spool.newestCheckpoint(of: id), free: freeBytes())
  }

  /// What a trainer has left in `error.txt`; nil if it left nothing.
  private func report(of id: JobID) -> String? {
    do {
      let text = String(decoding: try readFile(spool.errorReport(of: id), limit: 64 << 10), as: UTF8.self)
      let words = text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()
      return words.isEmpty ? nil : String(String(words).prefix(2000))
    } catch {
      return error.code == ENOENT ? nil : "what it left to say cannot be read: \(error)"
    }
  }

  /// What a trainer says in `progress.json`.
  enum Word: Sendable {
    case progress(Progress)
    case nothing
    /// The disk does not tell. That is not the trainer's fault.
    case unreadable
  }

  func words(of ids: [JobID]) -> [JobID: Word] {
    Dictionary(uniqueKeysWithValues: ids.map { ($0, word(of: $0)) })
  }

  private func word(of id: JobID) -> Word {
    do {
      return .progress(try Progress(contentsOf: spool.progress(of: id)))
    } catch .file(let error) {
      return error.code == ENOENT ? .nothing : .unreadable
    } catch {
      return .nothing
    }
  }

  /// Bytes that are free in the home; nil if the disk does not tell.
  func freeBytes() -> Int? { try? freeSpace(at: spool.home) }
}
