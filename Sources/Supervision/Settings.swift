import DurableFiles
import Glibc
public import Jobs
import RunFiles
import Workers

/// What a daemon is told at its start. Times are in seconds.
public struct Settings: Sendable {
  public var home: String
  /// Where jobs may take data from; empty: from wherever the daemon's user can read.
  public var dataRoots: [String] = []
  /// The program that validates and trains.
  public var kiln: String
  /// The most trainers at a time.
  public var slots = 1
  /// Threads for one trainer; nil for the default of `threadsForEach`.
  public var threads: Int?
  public var retry = RetryPolicy.standard
  /// How long a file that nobody was seen to finish must stay as it is before it counts as finished.
  public var quiet = 2.0
  /// How long a trainer that was told to stop may take before it is killed.
  public var grace = 30.0
  /// How long a trainer may do no work, of whatever kind, before it counts as hung.
  public var stall = 600.0
  /// Bytes that have to be free in the home before a trainer is started.
  public var reserve = 4 << 20
  public var limits = IntakeLimits()

  public init(home: String, kiln: String) {
    self.home = home
    self.kiln = kiln
  }

  /// The arguments of `kiln` for one attempt at a job. The trainer reads the run's own copy of the manifest, which has
  /// the bytes that were validated. The copy is always called `job.yaml`, so a job that does not name itself gets its
  /// name from `--name`.
  public func training(_ id: JobID, base: String, in spool: Spool) -> [String] {
    [
      "train", spool.jobFile(id), "--output", spool.run(id), "--base", base, "--cache", spool.cache, "--supervised",
      "--name", id.slug,
    ]
      + rootOptions + (threadsForEach.map { ["--threads", String($0)] } ?? [])
  }

  /// The arguments of `kiln` to validate files that share a base folder.
  public func validation(of paths: [String], base: String) -> [String] {
    ["validate", "--json", "--base", base] + rootOptions + paths
  }

  /// Threads for one trainer; nil leaves them to the job. Without a setting, several trainers get equal shares of the
  /// cores.
  var threadsForEach: Int? {
    threads ?? (slots > 1 ? max(1, processorCount() / slots) : nil)
  }

  /// Relative paths of a file that was dropped by hand start from the first data root, if there is one.
  public var ownBase: String { dataRoots.first ?? "\(home)/incoming" }

  private var rootOptions: [String] { dataRoots.flatMap { ["--data-root", $0] } }
}

/// How much a dropped file may ask of the daemon.
public struct IntakeLimits: Sendable {
  /// The largest manifest, in bytes.
  public var manifestBytes = Submission.largest
  /// Seconds for the validation of a group of files, and for each file in it one more.
  public var validationSeconds = 20.0
  /// Bytes of address space for the process that validates.
  public var validationMemory = 4 << 30

  public init() {}
}

extension Settings {
  /// What would keep a daemon with these settings from working, in sentences.
  public var problems: [String] {
    var problems: [String] = []
    if access(kiln, X_OK) != 0 { problems.append("\(kiln) is no program; say where `kiln` is with `kiln:` or --kiln") }
    for root in dataRoots where (try? facts(at: root))??.kind != .directory {
      problems.append("the data root \(root) is not a folder")
    }
    if access(home, F_OK) == 0, access(home, W_OK) != 0 { problems.append("the home \(home) cannot be written") }
    return problems
  }

  /// The settings as text, for people.
  public var summary: String {
    let roots = dataRoots.isEmpty ? "any folder" : dataRoots.joined(separator: ", ")
    let cores = threadsForEach.map { "\($0) threads each" } ?? "all \(processorCount()) cores"
    return """
      home      \(home)
      data      \(roots)
      kiln      \(kiln)
      jobs      \(slots) at a time, \(cores)
      hung      after \(stall) s without a sign of work; killed \(grace) s after it was told to stop
      retries   \(retry.limit - 1) after crashes in a row, the first after \(retry.first) s, at most \(retry.longest) s apart
      reserve   \(reserve >> 20) MiB
      limits    \(limits.manifestBytes >> 10) KiB a job file; \(limits.validationSeconds) s and \
      \(limits.validationMemory >> 20) MiB for its validation
      """
  }
}
