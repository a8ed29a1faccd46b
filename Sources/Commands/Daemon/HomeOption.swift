import ArgumentParser
import DurableFiles
import Jobs

/// `--home`, for the commands that speak to a daemon.
struct HomeOption: ParsableArguments {
  @Option(
    help: "The daemon's home. (default: $KILN_HOME, else $XDG_STATE_HOME/kiln, else ~/.local/state/kiln)",
    completion: .directory)
  var home: String?

  /// The spool of that home, whether or not there is one.
  func spool(_ console: Console) -> Spool {
    Spool(home: absolutePath(home ?? defaultHome(environment: console.environment)))
  }

  /// The spool of a home that a daemon has served: a mistyped `--home` is an error, and not an empty queue.
  /// - Parameter cure: what else may be done than to name another home.
  func servedSpool(_ console: Console, cure: String = "") throws -> Spool {
    let spool = spool(console)
    guard try facts(at: spool.requests) != nil else {
      throw CommandFailure("\(spool.home) is not the home of a kilnd; say which one with --home\(cure)", .noInput)
    }
    return spool
  }
}
