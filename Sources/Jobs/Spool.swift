public import DurableFiles
import Glibc
public import RunFiles

/// The home directory: a queue in which the folder is the job's state and a transition is one rename.
public struct Spool: Sendable {
  public let home: String

  public init(home: String) {
    self.home = home
  }

  public subscript(_ file: HomeFile) -> String { "\(home)/\(file.rawValue)" }
  public var incoming: String { self[.incoming] }
  public var requests: String { self[.requests] }
  public var runs: String { self[.runs] }
  public var lock: String { self[.lock] }
  public var status: String { self[.status] }
  public var prometheus: String { self[.prometheus] }

  public func folder(_ state: StateFolder) -> String { "\(home)/\(state.rawValue)" }
  public func manifest(_ id: JobID, in state: StateFolder) -> String { "\(folder(state))/\(id).yaml" }
  public func run(_ id: JobID) -> String { "\(runs)/\(id)" }
  public func folder(of id: JobID) -> RunFolder { RunFolder(run(id)) }
  public func history(_ id: JobID) -> History { History(path: folder(of: id)[.history]) }
  /// The run's own copy of the manifest, byte for byte.
  public func jobFile(_ id: JobID) -> String { folder(of: id)[.job] }
  public func progress(of id: JobID) -> String { folder(of: id)[.progress] }
  /// Decoded images, shared by all jobs.
  public var cache: String { self[.cache] }
  public func origin(_ id: JobID) -> String { folder(of: id)[.origin] }

  /// Makes the folders that are missing and syncs their names, because a power cut that loses a folder loses all that
  /// was synced inside it.
  public func create() throws(FileError) {
    let isNew = try facts(at: home) == nil
    for path in [incoming, requests, runs] + StateFolder.allCases.map(folder) {
      try createDirectories(path)
    }
    try syncDirectory(home)
    // If the home was there already, somebody else made it, and the daemon may not be allowed to read the folder above
    // it.
    if isNew { try syncDirectory(ByteText(home).parent) }
  }

  /// The jobs in one state, by their file names alone; anything else in the folder is not a job.
  public func ids(in state: StateFolder) throws(FileError) -> [JobID] {
    let ending = Array(".yaml".utf8)
    return try entries(of: folder(state)).compactMap { entry in
      entry.bytes.suffix(ending.count) == ending[...] ? JobID(bytes: entry.bytes.dropLast(ending.count)) : nil
    }
  }

  /// The state of a job, or nil if there is no such job. If the job lies in several folders, its history decides.
  public func state(of id: JobID) throws(FileError) -> StateFolder? {
    var found: [StateFolder] = []
    for state in StateFolder.ofJobs where try facts(at: manifest(id, in: state)) != nil { found.append(state) }
    return found.count > 1 ? try place(of: id, among: found) : found.first
  }

  /// A job as its folder and the last row of its history have it. The folder decides where the two differ.
  public func load(_ id: JobID, in state: StateFolder) throws(FileError) -> (job: Job, row: HistoryRow?) {
    let row = try history(id).last()
    var job = Job(id: id, name: row?.name ?? id.slug)
    job.priority = row?.priority ?? job.priority
    job.attempts = row?.attempt ?? 0
    job.crashes = row?.crashes ?? 0
    job.waits = row?.waits ?? 0
    job.checkpoint = row?.checkpoint ?? 0
    job.trouble = row?.trouble.flatMap(Trouble.init)
    job.state =
      switch state {
      case .queued: .queued
      case .running: .running(attempt: job.attempts, order: row?.order.flatMap(StandingOrder.init))
      case .deferred: .deferred(until: row?.until ?? 0)
      case .held: .held
      case .done: .done
      case .failed: .failed(reason: row?.reason ?? "")
      case .cancelled: .cancelled
      case .rejected: .rejected
      }
    return (job, row)
  }

  /// Performs a transition: the rename is the moment at which it has happened, and the row in the history follows.
  ///
  /// Three kinds of rows are written before the rename. A deferral's row alone says until when the job waits. A start's
  /// row counts the attempt before it can do any harm. An end's row lets the next start of the daemon complete an end
  /// whose rename is missing, so that it need not read the histories of finished jobs.
  ///
  /// - Returns: what had to be put right on the way; the history's row says it too.
  @discardableResult
  public func commit(_ transition: Transition, from old: JobState, now: Double) throws(FileError) -> [String] {
    let job = transition.job
    let (from, to) = (old.folder, job.state.folder)
    let isEnd = !StateFolder.active.contains(to)
    var remarks: [String] = []
    if transition.action == .launch || isEnd, let remark = try restoreManifest(job.id, in: from) {
      remarks.append(remark)
    }
    if from != to, let remark = try setAsideCopy(of: job.id, in: to) { remarks.append(remark) }
    let reason = ([transition.reason] + remarks).joined(separator: "; ")
    let row = HistoryRow(job, reason: reason, from: isEnd ? from : nil, now: now)
    var failure: FileError?
    let rowFirst = to == .deferred || transition.action == .launch || isEnd
    do {
      if rowFirst { try history(job.id).append(row) }
    } catch {
      // A job that has ended is moved even if a full disk has no room for the row.
      guard isEnd else { throw error }
      failure = error
    }
    if from != to { try move(manifest(job.id, in: from), to: manifest(job.id, in: to)) }
    if !rowFirst { try history(job.id).append(row) }
    if let failure { throw failure }
    return remarks
  }
}
