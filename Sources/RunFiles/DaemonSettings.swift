/// What a configuration file of the daemon says: `kiln settings` reads the file and prints this as JSON, and `kilnd`, which
/// has no parser of its own, reads that. What the file leaves out is nil.
public struct DaemonSettings: Codable, Sendable, Equatable {
  public var home: String?
  /// The folders that jobs may take data from.
  public var dataRoots: [String]?
  /// The program that validates and trains.
  public var kiln: String?
  /// Trainers at a time.
  public var jobs: Int?
  /// Threads for each trainer.
  public var threads: Int?
  /// Seconds a file must rest before it counts as finished.
  public var quiet: Double?
  /// Seconds a trainer that was told to stop may take.
  public var grace: Double?
  /// Seconds without a sign of life after which a trainer counts as hung.
  public var stall: Double?
  /// Megabytes that have to be free before a job is started.
  public var reserve: Int?
  /// The crash in a row that fails a job.
  public var limit: Int?
  /// Seconds before the first retry, and of the longest wait.
  public var first: Double?
  public var longest: Double?
  /// How large a job file may be, and what its validation may take.
  public var manifestKilobytes: Int?
  public var validationSeconds: Double?
  public var validationMegabytes: Int?

  /// Nothing is said.
  public init() {}
}
