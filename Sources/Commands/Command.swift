package import ArgumentParser
package import RunFiles

/// A subcommand of `kiln`: one file, and one line in `Kiln.groups`.
///
/// `validate()` judges the arguments and throws ArgumentParser's `ValidationError`. `run(on:)` does the work and throws
/// whatever error it meets: `CommandFailure` knows what a person is told of each kind of error, and the exit status.
package protocol Command: ParsableCommand {
  /// Does what the command is for. Everything it says goes to `console`.
  func run(on console: Console) throws
}

extension Command {
  /// What the program's main calls.
  package func run() throws {
    let status = outcome(on: Console.process)
    if status != .success { throw ExitCode(status.rawValue) }
  }

  /// Does the work, says what went wrong, and returns the status that the program ends with.
  package func outcome(on console: Console) -> ExitStatus {
    do {
      try run(on: console)
      try console.finish()
      return .success
    } catch {
      let failure = CommandFailure(error)
      if let lines = failure.lines { console.complain(lines) }
      return failure.status
    }
  }
}
