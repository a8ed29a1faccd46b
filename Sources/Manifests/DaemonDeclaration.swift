public import Configuration
public import RunFiles

/// The daemon's configuration file, `kilnd.yaml`. Nil stands for a key that the file leaves out; `kilnd --help` has its
/// default.
public struct DaemonDeclaration: Configurable, Equatable {
  public static let keyword = "kilnd"
  public static let summary = "The settings of the daemon."

  public var home: String?
  public var dataRoots: [String]?
  public var kiln: String?
  public var jobs: Int?
  public var threads: Int?
  public var quiet: Double?
  public var grace: Double?
  public var stall: Double?
  public var reserve: Int?
  public var retries: Retries
  public var limits: Limits

  /// What happens after a crash.
  public struct Retries: Equatable, Sendable {
    public var limit: Int?
    public var first: Double?
    public var longest: Double?
  }

  /// How much a dropped file may ask for.
  public struct Limits: Equatable, Sendable {
    public var manifestKilobytes: Int?
    public var validationSeconds: Double?
    public var validationMegabytes: Int?
  }

  private static let day = 86_400.0

  public init(reading fields: inout Fields) throws(ConfigurationError) {
    home = try Self.path("home", "The home directory.", &fields)
    dataRoots = try Self.paths(
      "dataRoots", "The folders that jobs may take data from; left out, every folder.", &fields)
    kiln = try Self.path("kiln", "The kiln program.", &fields)
    jobs = try fields.optionalInteger("jobs", in: 1...1024, "Jobs that are trained at the same time.")
    threads = try fields.optionalInteger("threads", in: 1...1024, "Threads for each trainer.")
    quiet = try fields.optionalNumber(
      "quiet", in: 0...Self.day,
      "Seconds a file must rest before it counts as finished, if nobody was seen to close it.")
    grace = try fields.optionalNumber(
      "grace", in: 0...Self.day, "Seconds a trainer that was told to stop may take before it is killed.")
    stall = try fields.optionalNumber(
      "stall", in: 0.1...Self.day, "Seconds without a sign of work after which a trainer counts as hung.")
    reserve = try fields.optionalInteger(
      "reserve", in: 0...1_000_000_000, "Megabytes that have to be free in the home before a job is started.")
    retries = try fields.section("retries", "What happens after a crash.") {
      (retries) throws(ConfigurationError) in try Self.retries(&retries)
    }
    limits = try fields.section("limits", "How much a dropped file may ask for.") {
      (limits) throws(ConfigurationError) in try Self.limits(&limits)
    }
  }

  private static func retries(_ fields: inout Fields) throws(ConfigurationError) -> Retries {
    Retries(
      limit: try fields.optionalInteger("limit", in: 1...1_000_000, "The crash in a row that fails a job."),
      first: try fields.optionalNumber("first", in: 0...day, "Seconds before the first retry; then twice as long."),
      longest: try fields.optionalNumber("longest", in: 0...day, "Seconds of the longest wait."))
  }

  private static func limits(_ fields: inout Fields) throws(ConfigurationError) -> Limits {
    Limits(
      manifestKilobytes: try fields.optionalInteger(
        "manifestKilobytes", in: 1...Document.maximumBytes >> 10, "The largest job file."),
      validationSeconds: try fields.optionalNumber(
        "validationSeconds", in: 1...day, "For the validation of a group of files, and one more for each."),
      validationMegabytes: try fields.optionalInteger(
        "validationMegabytes", in: 512...1_000_000, "Address space of the process that validates."))
  }

  private static func path(_ key: String, _ doc: String, _ fields: inout Fields) throws(ConfigurationError) -> String? {
    guard let node = try fields.node(key, .text, doc) else { return nil }
    return try absolute(node, key)
  }

  private static func paths(
    _ key: String, _ doc: String, _ fields: inout Fields
  ) throws(ConfigurationError) -> [String]? {
    let kind = ValueKind.list(.text)
    guard let node = try fields.node(key, kind, doc) else { return nil }
    guard let elements = node.elements else { throw node.mismatch(key, kind, hint: "write `[\(node.scalar ?? "…")]`") }
    var paths: [String] = []
    for element in elements { paths.append(try absolute(element, key)) }
    return paths
  }

  /// Requires an absolute path, because the daemon may be started in any working directory.
  private static func absolute(_ node: Node, _ key: String) throws(ConfigurationError) -> String {
    let path = try node.text(key)
    guard path.hasPrefix("/") else {
      throw node.error("`\(key)` must be a path from the root, but is \(path)", hint: "begin it with `/`")
    }
    return path
  }
}

extension DaemonDeclaration {
  /// The file's settings as `kilnd` reads them: it has no YAML parser, and gets them as JSON from `kiln settings`
  /// (docs/0003).
  public var settings: DaemonSettings {
    var settings = DaemonSettings()
    (settings.home, settings.dataRoots, settings.kiln) = (home, dataRoots, kiln)
    (settings.jobs, settings.threads) = (jobs, threads)
    (settings.quiet, settings.grace, settings.stall, settings.reserve) = (quiet, grace, stall, reserve)
    (settings.limit, settings.first, settings.longest) = (retries.limit, retries.first, retries.longest)
    settings.manifestKilobytes = limits.manifestKilobytes
    (settings.validationSeconds, settings.validationMegabytes) = (limits.validationSeconds, limits.validationMegabytes)
    return settings
  }
}
