public import ArgumentParser
import RunFiles

/// The program `kiln`: subcommands, each a file of this folder and a line here. `kiln --help` and the
/// completions for shells are made of this list.
public struct Kiln: ParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "kiln",
    abstract: "Submit, watch and inspect training jobs.",
    discussion: """
      Exit status, by the numbers of sysexits.h: 0 done, 64 wrong arguments, 65 bad input, 66 no such input, 70 a bug of \
      Kiln's, 71 no memory, 74 a file that cannot be read or written now, 75 try again; with `kiln diff --exit-code` 1 if there is a difference. \
      `kiln SUBCOMMAND --help` says \
      which of them a subcommand has.
      """,
    version: kilnVersion,
    groupedSubcommands: [
      CommandGroup(
        name: "Foreground",
        subcommands: [
          Validate.self,
          DataOfJob.self,
          Preview.self,
          Train.self,
          Evaluate.self,
          Predict.self,
          Export.self,
          Import.self,
        ]),
      CommandGroup(
        name: "Daemon",
        subcommands: [
          Submit.self,
          Status.self,
          Cancel.self,
          Hold.self,
          Release.self,
          Retry.self,
          Reprioritize.self,
          Drain.self,
          Resume.self,
          Settings.self,
        ]),
      CommandGroup(
        name: "Inspection",
        subcommands: [
          Inspect.self,
          Diff.self,
          Verify.self,
          Compare.self,
          Describe.self,
          Explain.self,
          CheckGradients.self,
          Bench.self,
        ]),
    ]
  )

  public init() {}
}

extension Kiln {
  /// The program on a command line, to its end. What ArgumentParser has to say, as the help, it says to `console` too.
  package static func run(_ arguments: [String], on console: Console) -> Int32 {
    do {
      var command = try parseAsRoot(arguments)
      if let command = command as? any Command { return command.outcome(on: console).rawValue }
      try command.run()
      return 0
    } catch {
      let status = exitCode(for: error)
      if status.isSuccess { console.print(fullMessage(for: error)) } else { console.complain(fullMessage(for: error)) }
      return status.rawValue
    }
  }
}
