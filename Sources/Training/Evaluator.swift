public import Checkpoints
public import Datasets
public import Images
import Networks
import Workers

/// What a checkpoint is asked about.
public struct EvaluationWish: Sendable {
  /// The part of the images; nil for all of them.
  public var part: Part?
  /// Other images than the run's own.
  public var images: DataDeclaration?
  /// Images of classes that the network does not know are left out; else they are an error.
  public var leavesOtherClassesOut = false
  /// Images that the run was trained on are judged too, though nobody asked for the part.
  public var includesTrained = false
  /// In which each image is shown; the probabilities are averaged.
  public var symmetries: [Symmetry] = [.identity]

  public init(part: Part?, images: DataDeclaration? = nil) {
    self.part = part
    self.images = images
  }
}

/// A checkpoint of a run on the run's own images, or on others.
public struct Evaluator {
  /// The network's, by the index of its outputs.
  public let classes: [String]
  public let step: Int
  /// The checkpoint does not say its classes: they are those of the run's own images.
  public let takesClassesFromImages: Bool
  /// Why nobody knows which images the run was trained on; nil if it is known.
  public let forgotten: String?
  private let job: TrainingJob
  /// The run's own images as it divided them; nil if they are others by now, or cannot be listed.
  private let own: Dataset?
  private let predictor: Predictor

  /// - Parameter job: the run's; the seed, which divides the images, is the checkpoint's.
  /// - Throws: `.checkpointMismatch` if the checkpoint is of another network; `.data` if its classes are those of the run's
  ///   own images, which cannot be listed.
  public init(_ job: TrainingJob, _ checkpoint: Checkpoint) throws(TrainingError) {
    let metadata = checkpoint.training.metadata
    guard let text = metadata[RunState.key] else {
      throw .checkpointMismatch("\(checkpoint.path) holds no state of a run")
    }
    let state = try RunState(encoded: text)
    var job = job
    if let seed = metadata["seed"].flatMap({ UInt64($0) }) { job.training.seed = seed }
    job.reading = try RunIdentity.reading(of: job, in: metadata)
    self.job = job
    step = checkpoint.step
    let plan = try job.plan()
    let loss = job.training.loss
    if let names = ClassNames(in: metadata, outputs: plan.output.count, judgedBy: loss) {
      classes = names.names
      takesClassesFromImages = false
    } else {
      classes = try Self.ownClasses(job, outputs: plan.output.count)
      takesClassesFromImages = true
    }
    (own, forgotten) = Self.own(job, classes, fingerprint: metadata["dataset.fingerprint"])
    predictor = try Predictor(
      plan, loss: loss, statistics: state.statistics, classes: classes, model: checkpoint.model.tensors,
      team: Team(threads: job.threads))
  }

  /// Images that cannot be listed are no failure yet: perhaps others are asked for.
  private static func own(
    _ job: TrainingJob, _ classes: [String], fingerprint: String?
  ) -> (dataset: Dataset?, forgotten: String?) {
    do {
      let (dataset, _) = try Dataset.load(
        job.data, at: job.location, seed: job.training.seed, knowing: classes, leavesOthersOut: true)
      guard dataset.fingerprint == fingerprint else { return (nil, "the run's own images are others by now") }
      return (dataset, nil)
    } catch { return (nil, "the run's own images cannot be listed: \(error)") }
  }

  private static func ownClasses(_ job: TrainingJob, outputs: Int) throws(TrainingError) -> [String] {
    let names: [String]
    do {
      names = try Dataset.load(job.data, at: job.location, seed: job.training.seed).classes
    } catch { throw .data(error) }
    guard names.count == ClassNames.count(outputs: outputs, job.training.loss) else {
      throw .classes(
        names, outputs: outputs, needed: job.training.loss.outputs(forClasses: names.count),
        loss: type(of: job.training.loss).keyword)
    }
    return names
  }

  /// Lists what is asked for.
  /// - Throws: `.data` if the images cannot be listed, or have classes that the network does not know.
  public func images(for wish: EvaluationWish) throws(TrainingError) -> EvaluationImages {
    do {
      return try EvaluationImages(
        wish, data: wish.images ?? job.data, at: job.location, seed: job.training.seed, classes: classes, own: own)
    } catch { throw .data(error) }
  }

  /// Goes through images.
  public func evaluate(_ images: EvaluationImages, _ wish: EvaluationWish) throws(TrainingError) -> Evaluation {
    let access: DataAccess
    do { access = try job.location.access() } catch { throw .data(error) }
    let store = ImageStore(
      images.examples, of: wish.part, as: job.reading, within: access, cache: job.data.cache ? job.cache : nil,
      budget: MemoryBudget(bytes: 0))
    let pipeline = BatchPipeline(
      store, schedule: .once(count: store.examples.count, batchSize: job.training.batchSize),
      ledger: SkipLedger(total: store.examples.count, maximumShare: job.data.maximumSkipped), threads: job.threads)
    let evaluation = try predictor.evaluate(store, batches: pipeline, symmetries: wish.symmetries) { _ in true }
    return evaluation ?? Evaluation(figures: predictor.loss.figures(of: [], for: []), skipped: [], answers: [])
  }
}
