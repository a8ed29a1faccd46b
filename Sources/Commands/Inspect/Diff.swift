import ArgumentParser
import Checkpoints

/// `kiln diff`: in what two checkpoints differ.
struct Diff: Command {
  static let configuration = CommandConfiguration(
    abstract: "Say in what two checkpoints differ, and by how much.",
    discussion: """
      A and B are runs, checkpoints or safetensors files, as for `kiln inspect`. Compared are the tensors, bit by bit and as \
      numbers, the settings of the jobs by their keys, and what the files say of the data: fingerprint, classes, \
      normalization. A setting that one of them leaves out has its default there.

        kiln diff runs/a runs/b
        kiln diff runs/a/checkpoints/00000120 runs/a/best
        kiln diff --exit-code runs/a/best kept.safetensors || echo changed

      Exit status: 0 whether they differ or not, as `git diff` has it; with --exit-code 1 if they differ. 65 if one is \
      damaged, 66 if one is not there, 74 if one cannot be read now.
      """)

  @Argument(help: "A run, a checkpoint or a safetensors file.", completion: .file()) var a: String
  @Argument(help: "Another one.", completion: .file()) var b: String
  @Flag(help: "End with status 1 if they differ.") var exitCode = false
  @Flag(help: "Print one JSON object.") var json = false

  func run(on console: Console) throws {
    let files = (try CheckpointFiles(named: a), try CheckpointFiles(named: b))
    for damage in files.0.passedOver + files.1.passedOver { console.complain("kiln: passed over: \(damage)") }
    let difference = try CheckpointDifference(files.0, files.1)
    try console.answer(
      CheckpointDifferenceJSON(difference), asJSON: json,
      text: CheckpointDifferenceText(difference: difference, columns: console.columns).text)
    if exitCode && !difference.isSame { throw CommandFailure(.different) }
  }
}
