/// The files and folders of a daemon's home, besides those of `StateFolder`. The raw values are their names.
public enum HomeFile: String, CaseIterable, Sendable {
  /// The drop folder.
  case incoming
  /// What people ask of jobs, as empty files.
  case requests
  /// A `RunFolder` for each job.
  case runs
  /// Decoded images, shared by all jobs.
  case cache
  /// Held by the daemon that serves the home.
  case lock = "kilnd.lock"
  /// What the daemon is at: a `StatusFile`.
  case status = "status.json"
  /// The same figures for Prometheus's textfile collector.
  case prometheus = "metrics.prom"
}

/// The folders of the home that are states: a job's manifest lies in the folder of its state.
public enum StateFolder: String, Sendable, Hashable, CaseIterable, Codable {
  case queued, running, deferred, held, done, failed, cancelled, rejected

  /// The folders whose jobs the daemon may still have to do something about.
  public static let active: [StateFolder] = [.queued, .running, .deferred, .held]
  /// The folders that hold jobs: a rejected file never became one.
  public static let ofJobs = allCases.filter { $0 != .rejected }
}
