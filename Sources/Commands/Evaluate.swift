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

/// `kiln evaluate`: a checkpoint of a run on images of the run or on others.
struct Evaluate: Command {
  enum Checkpoints: String, ExpressibleByArgument, CaseIterable { case latest, best }
  enum Parts: String, ExpressibleByArgument, CaseIterable { case test, validation, training, all }
  enum Classes: String, ExpressibleByArgument, CaseIterable { case all, common }

  static let configuration = CommandConfiguration(
    abstract: "Evaluate a run's checkpoint on images of its job, or on others.",
    discussion: """
      RUN is a run's folder: its job.yaml says which images are held out, and its checkpoint by which seed. Figures are \
      those of scikit-learn; precision, recall and f1 are of class 1, or of more than two classes the mean. Weights of \
      the table count in the loss alone; weights of classes do not.

      Classes are matched by name. A set may lack some; one with others is refused, unless --classes common leaves their \
      images out. Of --images, and of all parts together, those that the run was trained on are left out, found by path \
      and by content, unless --include-trained asks for them. What is left out is counted with the figures.

      --predictions writes a line an image, tab-separated: path, label, predicted, probability (of the predicted class), \
      p(CLASS) for each class, and reason, if there is no answer.
      Exit status: 0, 65 if the job, the checkpoint or the classes are bad or the part has no images, 66 if there is no \
      such run, 74 if a file could not be read or written.
      """)

  @Argument(help: ArgumentHelp("A run's folder.", valueName: "run"), completion: .directory) var folder: String
  @Option(
    help: """
      The images: test, validation, training, or all; all of the folder that --images names, else test if the job has any, \
      else validation.
      """) var part: Parts?
  @Option(help: "The checkpoint: latest or best.") var checkpoint = Checkpoints.latest
  @Option(help: "Where relative data paths start from, instead of where the run's did.", completion: .directory)
  var base: String?
  @Option(
    help: "Another folder of images: with the job's table in it, or with a folder a class.", completion: .directory)
  var images: String?
  @Option(help: "The classes: all, or those that the network and the images have in common.") var classes = Classes.all
  @Flag(help: "Judge by images that the run was trained on, too.") var includeTrained = false
  @Option(help: "A file for what the network says of each image.", completion: .file(extensions: ["tsv"]))
  var predictions: String?
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
    if let predictions { try PredictionTable.requirePlace(predictions) }
    let evaluator = try Evaluator(try job(manifest, console), try chosenCheckpoint())
    let isUnsaid = part == nil && images == nil
    var wish = EvaluationWish(part: isUnsaid ? .test : part?.part, images: try otherImages(manifest))
    wish.leavesOtherClassesOut = classes == .common
    wish.includesTrained = includeTrained
    if symmetries { wish.symmetries = Symmetry.all }
    var found = try evaluator.images(for: wish)
    if isUnsaid, found.counts[.test] == 0 {
      wish.part = .validation
      found = try evaluator.images(for: wish)
    }
    for warning in warnings(evaluator, found) { console.complain("kiln: \(warning)") }
    guard !found.examples.isEmpty else { throw nothing(to: wish, found) }
    let evaluation = try evaluator.evaluate(found, wish)
    if let predictions {
      try publish(PredictionTable(evaluation, found, classes: evaluator.classes).text, to: predictions)
    }
    let report = EvaluationReport(evaluation, evaluator, found, part: wish.part)
    try console.answer(report, asJSON: json, text: report.text)
  }

  private func job(_ manifest: Manifest, _ console: Console) throws -> TrainingJob {
    TrainingJob(
      name: manifest.name, network: manifest.network, data: manifest.data,
      location: DataLocation(base: try base ?? origin()?.base ?? folder), training: manifest.training,
      checkpoints: manifest.checkpoints, threads: threads,
      cache: cacheFolder(nil, environment: console.environment).map { ImageCache($0) })
  }

  /// The folder that --images names, as the job would have it: with the job's table if the folder has one of that name,
  /// else with a folder a class, over or in folders of parts if they are called so.
  private func otherImages(_ manifest: Manifest) throws -> DataDeclaration? {
    guard let images else { return nil }
    var data = manifest.data
    var source = DataDeclaration.Source(
      images: try DataLocation(base: ".").find(images), labels: data.sources.first?.labels)
    if let labels = source.labels, try ByteText(labels).isAbsolutePath || facts(at: "\(source.images)/\(labels)") == nil
    {
      source.labels = nil
    }
    data.sources = [source]
    if case .path = data.validation { data.validation = nil }
    if data.split != .random, source.labels == nil {
      data.split = try Dataset.isDivided(source.images) ? .folders : nil
    }
    if part ?? .all == .all || data.split == .folders { (data.validation, data.test, data.folds) = (nil, 0, nil) }
    return data
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

  private func warnings(_ evaluator: Evaluator, _ images: EvaluationImages) -> [String] {
    var warnings: [String] = []
    if evaluator.takesClassesFromImages {
      warnings.append("the checkpoint does not say what its classes are called: they are those of the run's images")
    }
    if let forgotten = evaluator.forgotten, images.trainedOn == nil {
      warnings.append("the network may have learnt from some of these images: \(forgotten)")
    }
    return warnings
  }

  private func nothing(to wish: EvaluationWish, _ images: EvaluationImages) -> CommandFailure {
    if !images.trained.isEmpty {
      return CommandFailure(
        "the run was trained on all of these images (\(images.trained.count.grouped)); --include-trained evaluates it on "
          + "them", .badData)
    }
    guard let part = wish.part, part != .training else {
      return CommandFailure("there are no \(wish.part == nil ? "" : "training ")images", .badData)
    }
    return CommandFailure(
      "the job sets no images aside for the \(part): name another --part; a job does with `\(part): 0.25` under data",
      .badData)
  }
}

extension Evaluate.Parts {
  /// Nil for all of them.
  fileprivate var part: Part? {
    switch self {
    case .test: .test
    case .validation: .validation
    case .training: .training
    case .all: nil
    }
  }
}
