public import DurableFiles
import Glibc
public import RunFiles

/// What anybody can see of a home, whether or not its daemon runs.
extension Spool {
  /// The daemon that serves this home, or nil. For users who may not read the lock, `status.json` decides.
  public var daemon: FileLock.Holder? {
    get throws(FileError) {
      do {
        let holder = try FileLock.holder(of: lock)
        return holder == .nobody ? nil : holder
      } catch {
        if error.code == EACCES { return try declaredDaemon }
        throw error
      }
    }
  }

  /// The process that `status.json` names, if it lives. The file is published whole, so a malformed one is not the
  /// daemon's.
  private var declaredDaemon: FileLock.Holder? {
    get throws(FileError) {
      guard let bytes = try Self.usable(status, limit: 16 << 20),
        let said: StatusFile = WireJSON.read(bytes), said.serving, said.process > 0
      else { return nil }
      return kill(said.process, 0) == 0 || errno == EPERM ? .process(said.process) : nil
    }
  }

  /// The greatest number of any run so far, 0 if there is none.
  public var greatestSequence: Int {
    get throws(FileError) { try runIDs.map(\.sequence).max() ?? 0 }
  }

  /// The job that a file dropped under `name` became, among those with a number above `sequence`.
  public func job(dropped name: String, after sequence: Int) throws(FileError) -> JobID? {
    for id in try runIDs.filter({ $0.sequence > sequence }).sorted(by: >) {
      let dropped = try history(id).rows().first?.dropped
      if dropped.map(ByteText.init) == ByteText(name), try state(of: id) != nil { return id }
    }
    return nil
  }

  /// How many dropped files were set aside.
  public func rejectedCount() throws(FileError) -> Int {
    try entries(of: folder(.rejected)).count { $0.name.map(Submission.isManifest) ?? true }
  }

  private var runIDs: [JobID] {
    get throws(FileError) { try entries(of: runs).compactMap { $0.name.flatMap { JobID($0) } } }
  }
}

extension Spool {
  /// A job by its ID, by the number at its beginning (leading zeros may be left out), or by its slug if only one has
  /// it.
  ///
  /// - Throws: `JobError.unknown` also if several jobs match.
  public func find(_ text: String) throws(JobError) -> (id: JobID, state: StateFolder) {
    do throws(FileError) {
      if let id = JobID(text), let state = try state(of: id) { return (id, state) }
      let number = Int(text)
      var found: [(id: JobID, state: StateFolder)] = []
      for state in StateFolder.ofJobs {
        found += try ids(in: state).filter { $0.sequence == number || $0.slug == text }.map { ($0, state) }
      }
      if found.count == 1 { return found[0] }
    } catch {
      throw .file(error)
    }
    throw .unknown(text)
  }
}
