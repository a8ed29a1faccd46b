import ArgumentParser
import Checkpoints

/// `kiln inspect`: what is in a checkpoint.
struct Inspect: Command {
  static let configuration = CommandConfiguration(
    abstract: "Show what is in a checkpoint.",
    discussion: """
      CHECKPOINT is a safetensors file, a checkpoint's directory, a link to one
      (RUN/best, RUN/latest), or a run's directory, which stands for its newest
      valid checkpoint.
      Exit status: 0, 65 if it is damaged, 66 if there is none, 74 if it cannot be read now.
      """)

  @Argument(help: "A model file, a checkpoint or a run.", completion: .file())
  var checkpoint: String

  @Flag(help: "Print one JSON object.")
  var json = false

  func run(on console: Console) throws {
    let report = try CheckpointReport(try CheckpointFiles(named: checkpoint))
    for damage in report.files.passedOver { console.complain("kiln: passed over: \(damage)") }
    try console.answer(CheckpointJSON(report), asJSON: json, text: report.text)
  }
}
