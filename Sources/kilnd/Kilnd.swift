import ArgumentParser
import DurableFiles
import FoundationEssentials
import Glibc
import Jobs
import Logging
import Supervision

@main
struct Kilnd: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kilnd",
    abstract: "Train the jobs dropped into a folder.",
    discussion: """
      Serves one home directory until it is told to stop (SIGTERM or Ctrl-C). Job files (.yaml, .yml, .json) copied \
      into HOME/incoming are trained one after the other; results are in HOME/runs.
      """)

  @Option(help: "The home directory. (default: $KILN_HOME, else $XDG_STATE_HOME/kiln, else ~/.local/state/kiln)")
  var home: String?

  @Option(name: .customLong("data-root"), help: "A folder that jobs may take data from; repeat for several.")
  var dataRoots: [String] = []

  @Option(help: "The kiln program. (default: the one beside kilnd)")
  var kiln: String?

  @Option(help: "Jobs that are trained at the same time.")
  var jobs = 1

  @Option(help: "Threads for each trainer. (default: as the job says, else all cores; with --jobs, an equal share)")
  var threads: Int?

  @Option(help: "Seconds without a step after which a trainer counts as hung.")
  var stall = 600.0

  @Option(help: "Megabytes that have to be free in the home before a job is started.")
  var reserve = 4

  @Option(help: "Seconds a trainer that was told to stop may take before it is killed.")
  var grace = 30.0

  @Option(help: "Seconds a file must rest before it counts as finished, if nobody was seen to close it.")
  var quiet = 2.0

  @Option(help: "Crashes in a row that fail a job.")
  var crashes = RetryPolicy.standard.limit

  @Option(name: .customLong("retry-after"), help: "Seconds before the first retry after a crash; then twice as long.")
  var retryAfter = RetryPolicy.standard.first

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads must be at least 1.") }
    if jobs < 1 { throw ValidationError("--jobs must be at least 1.") }
    if reserve < 0 { throw ValidationError("--reserve must not be negative.") }
    if stall < 0.1 { throw ValidationError("--stall must be at least 0.1 seconds.") }
    if crashes < 1 { throw ValidationError("--crashes must be at least 1.") }
    for (name, value) in [("grace", grace), ("quiet", quiet), ("retry-after", retryAfter)]
    where !(0...86_400).contains(value) {
      throw ValidationError("--\(name) must be from 0 to 86400 seconds.")
    }
  }

  func run() throws {
    // A reader of our log that went away must not end the daemon.
    signal(SIGPIPE, SIG_IGN)
    let log = Logger(label: "kilnd") { _ in TerminalLog() }
    do {
      let signals = try Signals([SIGTERM, SIGINT])
      try Daemon(settings(), signals: signals, log: log).run()
    } catch {
      log.critical("\(error)")
      throw ExitCode(error.exitStatus)
    }
  }

  private func settings() -> Settings {
    let environment = ProcessInfo.processInfo.environment
    var settings = Settings(
      home: absolutePath(home ?? defaultHome(environment: environment)),
      kiln: absolutePath(kiln ?? Self.besideItself("kiln")))
    settings.dataRoots = dataRoots.map(absolutePath)
    settings.slots = jobs
    settings.threads = threads
    settings.stall = stall
    settings.reserve = reserve << 20
    settings.grace = grace
    settings.quiet = quiet
    settings.retry.limit = crashes
    settings.retry.first = retryAfter
    return settings
  }

  private static func besideItself(_ name: String) -> String {
    let own = (try? linkTarget(at: "/proc/self/exe")) ?? CommandLine.arguments[0]
    return own.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/" + name
  }
}

extension SupervisionError {
  /// As sysexits.h has them.
  fileprivate var exitStatus: Int32 {
    switch self {
    case .anotherDaemon: 75
    case .program: 66
    case .file: 74
    case .system: 71
    }
  }
}
