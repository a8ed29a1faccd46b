import Checkpoints
import Datasets
import DurableFiles
import Images
import Jobs
import Manifests
import RunFiles
import Training
import Workers

/// What `kiln evaluate` judges: a checkpoint of a run, whose job says which images are held out, or a checkpoint alone.
struct EvaluationSubject {
  /// The files that were read.
  let checkpoint: CheckpointFiles
  let evaluator: Evaluator
  /// Other images than the run's own.
  let images: DataDeclaration?
  /// It has a job.
  let isRun: Bool

  init(_ command: Evaluate, _ console: Console) throws {
    let path = RunFolder(command.folder)[.job]
    isRun = try facts(at: path) != nil
    let cache = cacheFolder(nil, environment: console.environment).map { ImageCache($0) }
    let takesDecision = command.decisions.usesDecision
    guard isRun else {
      checkpoint = try CheckpointFiles(named: command.folder)
      for damage in checkpoint.passedOver { console.complain("kiln: passed over: \(damage)") }
      try Self.require(command)
      evaluator = try Evaluator(
        TrainedNetwork(checkpoint, takesDecision: takesDecision), threads: command.threads, cache: cache)
      images = try Self.otherImages(command, nil)
      return
    }
    let file = JobFile(path)
    let manifest = try Manifest.parse(try file.read(), file: file.shownPath)
    let chosen = try Self.chosenCheckpoint(command)
    checkpoint = try CheckpointFiles(named: chosen.path)
    let job = TrainingJob(
      name: manifest.name, network: manifest.network, data: manifest.data,
      location: DataLocation(base: try command.base ?? Self.origin(command.folder)?.base ?? command.folder),
      training: manifest.training, checkpoints: manifest.checkpoints, threads: command.threads, cache: cache)
    evaluator = try Evaluator(
      TrainedNetwork(chosen, takesDecision: takesDecision), of: job, metadata: chosen.training.metadata)
    images = try Self.otherImages(command, manifest.data)
  }

  /// A checkpoint has no images of its own.
  private static func require(_ command: Evaluate) throws(CommandFailure) {
    guard command.images != nil else {
      throw CommandFailure(
        "\(command.folder) is a checkpoint without a job, and has no images of its own: name some with --images, or name "
          + "the folder of a run (which holds job.yaml)", .badData)
    }
    guard command.checkpoint == .latest else {
      throw CommandFailure(
        "--checkpoint chooses among the checkpoints of a run, and \(command.folder) is one itself: leave it out",
        .badData)
    }
  }

  private static func chosenCheckpoint(_ command: Evaluate) throws(CheckpointError) -> Checkpoint {
    let store = CheckpointStore(run: command.folder)
    let found = try command.checkpoint == .best ? store.best() : store.latest()
    guard let found else { throw .noCheckpoint(path: command.folder) }
    return found
  }

  /// Where the run's relative paths start from; nil for a run that does not say.
  private static func origin(_ folder: String) throws -> Origin? {
    let path = RunFolder(folder)[.origin]
    guard try facts(at: path) != nil else { return nil }
    guard let origin = Origin(try readFile(path, limit: 64 << 10)) else {
      throw CommandFailure("\(path) does not say where the job's paths start from; say it with --base", .badData)
    }
    return origin
  }

  /// What --images names: a table; or a folder, as the job would have it: with the job's table if the folder has one of that
  /// name, else with a folder a class, over or in folders of parts if they are called so.
  private static func otherImages(_ command: Evaluate, _ jobs: DataDeclaration?) throws -> DataDeclaration? {
    guard let images = command.images else { return nil }
    let place = try DataLocation(base: ".").find(images)
    var data = jobs ?? DataDeclaration(images: place)
    var source = DataDeclaration.Source(images: place, labels: jobs?.sources.first?.labels)
    if try facts(at: place)?.kind == .regular {
      source = DataDeclaration.Source(images: ByteText(place).parent, labels: ByteText(place).lastName)
    } else if let labels = source.labels,
      try ByteText(labels).isAbsolutePath || facts(at: "\(source.images)/\(labels)") == nil
    {
      source.labels = nil
    }
    data.sources = [source]
    if case .path = data.validation { data.validation = nil }
    if data.split != .random, source.labels == nil {
      data.split = try Dataset.isDivided(source.images) ? .folders : nil
    }
    let hasShares = jobs != nil && command.part ?? .all != .all && data.split != .folders
    if !hasShares { (data.validation, data.test, data.folds) = (nil, 0, nil) }
    return data
  }
}

/// What is evaluated of a subject.
struct EvaluatedImages {
  let images: EvaluationImages
  let wish: EvaluationWish
  /// The part that the images are, as somebody says or as they were divided; nil for all of them.
  let part: Part?

  init(_ command: Evaluate, of subject: EvaluationSubject) throws {
    let isUnsaid = command.part == nil && command.images == nil
    var part = isUnsaid ? .test : command.part?.part
    if isUnsaid, command.decisions.choosesOnValidation { part = .validation }
    var wish = EvaluationWish(part: part, images: subject.images)
    wish.leavesOtherClassesOut = command.classes == .common
    wish.includesTrained = command.includeTrained
    // Nothing divides the images of a checkpoint but their own folders or table.
    wish.dividesByShare = subject.isRun
    if command.symmetries { wish.symmetries = Symmetry.all }
    var found = try subject.evaluator.images(for: wish)
    if isUnsaid, part == .test, found.counts[.test] == 0 {
      (part, wish.part) = (.validation, .validation)
      found = try subject.evaluator.images(for: wish)
    }
    // Images that nothing divides are the part that somebody says they are.
    let isUndivided = found.counts[.validation] == 0 && found.counts[.test] == 0
    if !subject.isRun, part != nil, isUndivided {
      wish.part = nil
      found = try subject.evaluator.images(for: wish)
    }
    (images, self.wish, self.part) = (found, wish, part)
  }

  /// Why there is nothing to judge by; nil if there is something.
  var nothing: CommandFailure? {
    guard images.examples.isEmpty else { return nil }
    if !images.trained.isEmpty {
      return CommandFailure(
        "the run was trained on all of these images (\(images.trained.count.grouped)); --include-trained evaluates it on "
          + "them", .badData)
    }
    guard let part = wish.part, part != .training else {
      return CommandFailure("there are no \(wish.part == nil ? "" : "training ")images", .badData)
    }
    guard wish.images == nil else {
      return CommandFailure("there are no images for the \(part) among these: name another --part", .badData)
    }
    return CommandFailure(
      "the job sets no images aside for the \(part): name another --part; a job does with `\(part): 0.25` under data",
      .badData)
  }
}
