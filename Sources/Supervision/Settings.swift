public import Jobs

/// What a daemon is told at its start. Times are in seconds.
public struct Settings: Sendable {
  public var home: String
  /// Where jobs may take data from; empty: from wherever the daemon's user can read.
  public var dataRoots: [String] = []
  /// The program that validates and trains.
  public var kiln: String
  /// Threads for one trainer; nil leaves it to the trainer.
  public var threads: Int?
  /// Trainers at a time.
  public var slots = 1
  public var retry = RetryPolicy.standard
  /// How long a file that nobody was seen to finish must stay as it is before it counts as finished.
  public var quiet = 2.0
  /// How long a trainer that was told to stop may take before it is killed.
  public var grace = 30.0

  public init(home: String, kiln: String) {
    self.home = home
    self.kiln = kiln
  }

  /// The arguments of `kiln` for one attempt at a job. Its file has the job's ID for a name, so a job that does
  /// not name itself is told what it was called when it was dropped.
  public func training(_ id: JobID, base: String, in spool: Spool) -> [String] {
    [
      "train", spool.manifest(id, in: .running), "--output", spool.run(id), "--base", base, "--supervised", "--name",
      id.slug,
    ]
      + rootOptions + (threads.map { ["--threads", String($0)] } ?? [])
  }

  /// The arguments of `kiln` to validate files that share a base folder.
  public func validation(of paths: [String], base: String) -> [String] {
    ["validate", "--json", "--base", base] + rootOptions + paths
  }

  /// Relative paths of a file that was dropped by hand start from the first data root, if there is one.
  public var ownBase: String { dataRoots.first ?? "\(home)/incoming" }

  private var rootOptions: [String] { dataRoots.flatMap { ["--data-root", $0] } }
}
