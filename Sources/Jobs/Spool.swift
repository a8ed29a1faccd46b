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

  /// Makes the folders that are missing.
  public func create() throws(FileError) {
    for path in [incoming, requests, runs] + StateFolder.allCases.map(folder) {
      try createDirectories(path)
    }
  }

  /// The jobs in one state, by their file names alone; anything else in the folder is not a job.
  public func ids(in state: StateFolder) throws(FileError) -> [JobID] {
    try entries(of: folder(state)).compactMap { entry in
      guard let name = entry.name, name.hasSuffix(".yaml") else { return nil }
      return JobID(String(name.dropLast(5)))
    }
  }

  /// Where a job is, or nil if there is none of that name.
  public func state(of id: JobID) throws(FileError) -> StateFolder? {
    for state in StateFolder.ofJobs where try facts(at: manifest(id, in: state)) != nil { return state }
    return nil
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
  /// For a deferral the row goes first, because it alone says until when; and for a start, so that an attempt is
  /// counted before it can do any harm.
  public func commit(_ transition: Transition, from old: JobState, now: Double) throws(FileError) {
    let job = transition.job
    let row = HistoryRow(job, reason: transition.reason, now: now)
    let rowFirst = job.state.folder == .deferred || transition.action == .launch
    if rowFirst { try history(job.id).append(row) }
    if old.folder != job.state.folder {
      try move(manifest(job.id, in: old.folder), to: manifest(job.id, in: job.state.folder))
    }
    if !rowFirst { try history(job.id).append(row) }
  }
}
