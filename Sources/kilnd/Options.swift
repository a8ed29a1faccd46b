import ArgumentParser
import DurableFiles
import FoundationEssentials
import Glibc
import Jobs
import RunFiles
import Supervision

/// The settings that may be given on the command line. What is not given is as the configuration file says, and what
/// that leaves out is as `Settings` has it.
struct Options: ParsableArguments {
  @Option(
    help: "A configuration file. (default: /etc/kiln/kilnd.yaml, unless a home is given with --home or $KILN_HOME)")
  var config: String?

  @Option(help: "The home directory. (default: $KILN_HOME, else $XDG_STATE_HOME/kiln, else ~/.local/state/kiln)")
  var home: String?

  @Option(name: .customLong("data-root"), help: "A folder that jobs may take data from; repeat for several.")
  var dataRoots: [String] = []

  @Option(help: "The kiln program. (default: the one beside kilnd)")
  var kiln: String?

  @Option(help: "Jobs that are trained at the same time. (default: 1)")
  var jobs: Int?

  @Option(help: "Threads for each trainer. (default: as the job says, else all cores; with --jobs, an equal share)")
  var threads: Int?

  @Option(help: "Seconds without a sign of work after which a trainer counts as hung. (default: 600)")
  var stall: Double?

  @Option(help: "Megabytes that have to be free in the home before a job is started. (default: 4)")
  var reserve: Int?

  @Option(help: "Seconds a trainer that was told to stop may take before it is killed. (default: 30)")
  var grace: Double?

  @Option(help: "Seconds a file must rest before it counts as finished, if nobody was seen to close it. (default: 2)")
  var quiet: Double?

  @Option(help: "Crashes in a row that fail a job. (default: 4)")
  var crashes: Int?

  @Option(
    name: .customLong("retry-after"),
    help: "Seconds before the first retry after a crash; then twice as long. (default: 5)")
  var retryAfter: Double?

  func validate() throws {
    for (name, value) in [("threads", threads), ("jobs", jobs), ("crashes", crashes)] where value ?? 1 < 1 {
      throw ValidationError("--\(name) must be at least 1.")
    }
    if reserve ?? 0 < 0 { throw ValidationError("--reserve must not be negative.") }
    if stall ?? 1 < 0.1 { throw ValidationError("--stall must be at least 0.1 seconds.") }
    for (name, value) in [("grace", grace), ("quiet", quiet), ("retry-after", retryAfter), ("stall", stall)]
    where !(0...86_400).contains(value ?? 0) {
      throw ValidationError("--\(name) must be from 0 to 86400 seconds.")
    }
  }

  /// The configuration file that is to be read, if any.
  var configurationPath: String? {
    if let config { return absolutePath(config) }
    let usual = "/etc/kiln/kilnd.yaml"
    let isPersonal = home != nil || ProcessInfo.processInfo.environment["KILN_HOME"] != nil
    return !isPersonal && access(usual, F_OK) == 0 ? usual : nil
  }

  func settings() throws(SupervisionError) -> Settings {
    let ownKiln = kiln.map(absolutePath) ?? Self.besideItself("kiln")
    let file =
      try configurationPath.map { (path) throws(SupervisionError) in
        try DaemonSettings(path, kiln: ownKiln)
      } ?? DaemonSettings()
    let environment = ProcessInfo.processInfo.environment
    var settings = Settings(
      home: absolutePath(home ?? file.home ?? defaultHome(environment: environment)),
      kiln: kiln == nil ? file.kiln ?? ownKiln : ownKiln)
    settings.dataRoots = dataRoots.isEmpty ? file.dataRoots ?? [] : dataRoots.map(absolutePath)
    settings.threads = threads ?? file.threads
    settings.slots = jobs ?? file.jobs ?? settings.slots
    settings.stall = stall ?? file.stall ?? settings.stall
    settings.grace = grace ?? file.grace ?? settings.grace
    settings.quiet = quiet ?? file.quiet ?? settings.quiet
    settings.reserve = (reserve ?? file.reserve).map { $0 << 20 } ?? settings.reserve
    settings.retry.limit = crashes ?? file.limit ?? settings.retry.limit
    settings.retry.first = retryAfter ?? file.first ?? settings.retry.first
    settings.retry.longest = file.longest ?? settings.retry.longest
    settings.limits.manifestBytes = file.manifestKilobytes.map { $0 << 10 } ?? settings.limits.manifestBytes
    settings.limits.validationSeconds = file.validationSeconds ?? settings.limits.validationSeconds
    settings.limits.validationMemory = file.validationMegabytes.map { $0 << 20 } ?? settings.limits.validationMemory
    return settings
  }

  private static func besideItself(_ name: String) -> String {
    let own = (try? linkTarget(at: "/proc/self/exe")) ?? CommandLine.arguments[0]
    return own.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/" + name
  }
}
