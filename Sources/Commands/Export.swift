import ArgumentParser
import Checkpoints
import Interchange
import Training

/// `kiln export`: a trained network for other programs.
struct Export: Command {
  static let configuration = CommandConfiguration(
    abstract: "Write a trained network for other programs.",
    discussion: """
      CHECKPOINT is a run's folder, which stands for its newest valid checkpoint, a checkpoint's folder, or a link to one \
      (RUN/best). Formats:

      \(exportFormats.map { "\($0.keyword): \($0.summary)." }.joined(separator: "\n"))
      \(provenance): what the whole run was made of and what came of it, an in-toto statement with SLSA's predicate, to be \
      signed (docs/how-to-sign-a-run.md); kiln verify RUN --provenance FILE checks it.

      An ONNX model takes normalized images, N x 3 x 256 x 256, and answers `logits`; its metadata say mean, std, size, \
      resize rule, classes and threshold. With --with-preprocessing it takes bytes (red, green, blue, 0 to 255) and \
      normalizes them; with --with-probabilities it answers `probabilities` too: of one output that of class 1. The same \
      network gives the same bytes every time. An earlier export is replaced; any other file is not.
      Example: kiln export runs/solar-cells/best --format onnx --output cells.onnx
      Exit status: 0, 64 wrong arguments, 65 the checkpoint is bad or another file stands in the place, 66 no such \
      checkpoint or folder, 74 a file cannot be read or written.
      """)

  @Argument(help: "A run or a checkpoint of it.", completion: .directory) var checkpoint: String
  @Option(help: "The format: \(Export.keywords.joined(separator: ", ")).") var format: String
  @Option(name: .shortAndLong, help: "The file to write.", completion: .file()) var output: String
  @Flag(help: "onnx: normalize inside the graph, which takes bytes then.") var withPreprocessing = false
  @Flag(help: "onnx: answer probabilities beside the logits.") var withProbabilities = false

  /// The one format that is of a run, and not of a network.
  private static let provenance = "provenance"
  private static let keywords = exportFormats.map { $0.keyword } + [provenance]

  private var options: Set<ExportOption> {
    Set((withPreprocessing ? [.preprocessing] : []) + (withProbabilities ? [.probabilities] : []))
  }

  func validate() throws {
    guard Self.keywords.contains(format) else {
      throw ValidationError("no format is called `\(format)`; there are: \(Self.keywords.joined(separator: ", "))")
    }
    let known = exportFormats.first { $0.keyword == format }?.options ?? []
    if let option = ExportOption.allCases.first(where: { options.contains($0) && !known.contains($0) }) {
      throw ValidationError("the format \(format) has no --\(option.rawValue)")
    }
  }

  func run(on console: Console) throws {
    if format == Self.provenance {
      let file = try RunProvenance.file(of: checkpoint, at: output)
      try file.requirePlace()
      try file.publish()
      return console.print("\(file.path): \(file.bytes.count.grouped) bytes, of \(checkpoint)")
    }
    guard let chosen = exportFormats.first(where: { $0.keyword == format }) else { return try validate() }
    let found = try CheckpointFiles(named: checkpoint)
    for damage in found.passedOver { console.complain("kiln: passed over: \(damage)") }
    let subject = ExportSubject(path: checkpoint, checkpoint: found)
    if try subject.network().classesAreNumbers {
      console.complain("kiln: the checkpoint does not say what its classes are called: they are numbers")
    }
    let files = try chosen.files(of: subject, at: output, options)
    for file in files { try file.requirePlace() }
    for file in files {
      try file.publish()
      console.print("\(file.path): \(file.bytes.count.grouped) bytes, of \(found.folder)")
    }
  }
}
