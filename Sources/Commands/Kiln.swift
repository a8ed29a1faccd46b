public import ArgumentParser

/// The program `kiln`: a list of subcommands, each a file of this folder.
public struct Kiln: ParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "kiln",
    abstract: "Submit, watch and inspect training jobs.",
    subcommands: [
      Train.self, Submit.self, Status.self, Cancel.self, Hold.self, Release.self, Retry.self, Reprioritize.self,
      Drain.self, Resume.self, Validate.self, Describe.self, Inspect.self, Compare.self, Explain.self, Evaluate.self,
      Settings.self, CheckGradients.self, Bench.self,
    ]
  )

  public init() {}
}
