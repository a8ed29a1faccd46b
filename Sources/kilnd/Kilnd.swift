import ArgumentParser
import DurableFiles
import FoundationEssentials
import Glibc
import Logging
import Supervision

@main
struct Kilnd: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kilnd",
    abstract: "Train the jobs dropped into a folder.",
    discussion: """
      Serves one home directory until it is told to stop (SIGTERM or Ctrl-C). Job files (.yaml, .yml, .json) copied \
      into HOME/incoming are trained; results are in HOME/runs.
      Exit status: 0 stopped, 66 no kiln program, 71 or 74 the system or a file fails, 75 the home is served by \
      another kilnd, 78 the configuration is wrong.
      """)

  @OptionGroup var options: Options

  @Flag(help: "Check the configuration, say what it amounts to, and end.")
  var check = false

  static func main() {
    // Nobody can be told of it: sysexits.h's "the system did not give what was asked for".
    guard (try? openStandardDescriptors()) != nil else { Glibc.exit(71) }
    Self.main(nil)
  }

  func run() throws {
    // A reader of our log that went away must not end the daemon, nor a writer who opens a file that is looked at.
    for number in [SIGPIPE, SIGIO] { signal(number, SIG_IGN) }
    let environment = ProcessInfo.processInfo.environment
    let style = LogStyle(environment: environment)
    let log = Logger(label: "kilnd") { _ in LineLog(style: style) }
    do {
      let settings = try options.settings()
      if check { return try report(settings, log) }
      let signals = try Signals([SIGTERM, SIGINT])
      let manager = ServiceManager(environment: environment)
      try Daemon(settings, signals: signals, log: log, manager: manager).run()
    } catch let error as SupervisionError {
      log.critical("\(error)")
      throw ExitCode(error.exitStatus)
    }
  }

  private func report(_ settings: Settings, _ log: Logger) throws {
    let problems = settings.problems
    for problem in problems { log.critical("\(problem)") }
    guard problems.isEmpty else { throw ExitCode(78) }
    print(settings.summary)
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
    case .configuration: 78
    }
  }
}
