import ArgumentParser

@main
struct Kiln: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kiln",
    abstract: "Submit, watch and inspect training jobs.",
    subcommands: [
      Train.self, Validate.self, Describe.self, Inspect.self, Bench.self,
    ]
  )
}
