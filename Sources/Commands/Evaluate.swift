import ArgumentParser
import Checkpoints
import Configuration
import Datasets
import DurableFiles
import Images
import Jobs
import Manifests
import RunFiles
import Training
import Workers

/// `kiln evaluate`: a checkpoint of a run on a part of the run's images.
struct Evaluate: Command {
  enum Checkpoints: String, ExpressibleByArgument, CaseIterable { case latest, best }
  enum Parts: String, ExpressibleByArgument, CaseIterable { case test, validation, training }

  static let configuration = CommandConfiguration(
    abstract: "Evaluate a run's checkpoint on images of its job.",
    discussion: """
      RUN is a run's folder: its job.yaml says which images are held out, and its checkpoint by which seed. Figures are \
      those of scikit-learn; precision, recall and f1 are of class 1, or of more than two classes the mean. Weights of \
      the table count in the loss alone; weights of classes do not.
      Exit status: 0, 65 if the job or the checkpoint is bad or the part has no images, 66 if there is no such run, 74 if \
      a file could not be read.
      """)

  @Argument(help: ArgumentHelp("A run's folder.", valueName: "run"), completion: .directory) var folder: String
  @Option(help: "The images: test, validation or training; test if the job has any, else validation.") var part: Parts?
  @Option(help: "The checkpoint: latest or best.") var checkpoint = Checkpoints.latest
  @Option(help: "Where relative data paths start from, instead of where the run's did.", completion: .directory)
  var base: String?
  @Option(help: "The folder of images, instead of the job's.", completion: .directory) var images: String?
  @Option(help: "Threads; all cores if not given.") var threads = processorCount()
  @Flag(help: "Show each image in the eight symmetries of the square, and average the probabilities.")
  var symmetries = false
  @Flag(help: "Print one JSON object.") var json = false

  func validate() throws {
    if threads < 1 { throw ValidationError("--threads starts at 1") }
  }

  func run(on console: Console) throws {
    let file = JobFile(RunFolder(folder)[.job])
    let manifest = try Manifest.parse(try file.read(), file: file.shownPath)
    let evaluator = try Evaluator(try job(manifest, console), try chosenCheckpoint())
    if evaluator.hasOtherData { console.complain("kiln: these are not the images that the run had in training") }
    let part = chosenPart(evaluator)
    guard evaluator.count(of: part) > 0 else { throw Self.nothing(to: part) }
    let evaluation = try evaluator.evaluate(part, symmetries: symmetries ? Symmetry.all : [.identity])
    let report = EvaluationReport(evaluation, evaluator, part: part)
    try console.answer(report, asJSON: json, text: report.text)
  }

  private func job(_ manifest: Manifest, _ console: Console) throws -> TrainingJob {
    var data = manifest.data
    if let images {
      data.sources = [
        DataDeclaration.Source(images: try DataLocation(base: ".").find(images), labels: data.sources[0].labels)
      ]
    }
    return TrainingJob(
      name: manifest.name, network: manifest.network, data: data,
      location: DataLocation(base: try base ?? origin()?.base ?? folder), training: manifest.training,
      checkpoints: manifest.checkpoints, threads: threads,
      cache: cacheFolder(nil, environment: console.environment).map { ImageCache($0) })
  }

  /// Where the run's relative paths start from; nil for a run that does not say.
  private func origin() throws -> Origin? {
    let path = RunFolder(folder)[.origin]
    guard try facts(at: path) != nil else { return nil }
    guard let origin = Origin(try readFile(path, limit: 64 << 10)) else {
      throw CommandFailure("\(path) does not say where the job's paths start from; say it with --base", .badData)
    }
    return origin
  }

  private func chosenCheckpoint() throws(CheckpointError) -> Checkpoint {
    let store = CheckpointStore(run: folder)
    let found = try checkpoint == .best ? store.best() : store.latest()
    guard let found else { throw .noCheckpoint(path: folder) }
    return found
  }

  private func chosenPart(_ evaluator: Evaluator) -> Part {
    switch part {
    case .test: .test
    case .validation: .validation
    case .training: .training
    case nil: evaluator.count(of: .test) > 0 ? .test : .validation
    }
  }

  private static func nothing(to part: Part) -> CommandFailure {
    let problem =
      part == .training
      ? "the job has no training images"
      : "the job sets no images aside for the \(part): name another --part; a job does with `\(part): 0.25` under data"
    return CommandFailure(problem, .badData)
  }
}
