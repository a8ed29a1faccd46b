import ArgumentParser
import DurableFiles
import FoundationEssentials
import Jobs

/// `--home`, for the commands that speak to a daemon.
struct HomeOption: ParsableArguments {
  @Option(
    help: "The daemon's home. (default: $KILN_HOME, else $XDG_STATE_HOME/kiln, else ~/.local/state/kiln)",
    completion: .directory)
  var home: String?

  var spool: Spool {
    Spool(home: absolutePath(home ?? defaultHome(environment: ProcessInfo.processInfo.environment)))
  }
}

extension HomeOption {
  /// The spool of a home that a daemon has served.
  func servedSpool() throws -> Spool {
    let spool = self.spool
    guard (try? facts(at: spool.requests)) != nil else {
      printError("kiln: \(spool.home) is not the home of a kilnd; say which one with --home")
      throw ExitCode(66)
    }
    return spool
  }
}

/// Runs `body`; its failure is told on standard error and becomes an exit status of sysexits.h.
func orExit<Result, Failure: Error & CustomStringConvertible>(
  _ status: Int32, _ body: () throws(Failure) -> Result
) throws -> Result {
  do {
    return try body()
  } catch {
    printError("kiln: \(error)")
    throw ExitCode(status)
  }
}
