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
  /// Images that no folder and no column divides are divided by the job's shares.
  public var dividesByShare = true
  /// In which each image is shown; the probabilities are averaged.
  public var symmetries: [Symmetry] = [.identity]

  public init(part: Part?, images: DataDeclaration? = nil) {
    self.part = part
    self.images = images
  }
}

/// A trained network on the images of its run, or on others.
public struct Evaluator {
  public let network: TrainedNetwork
  /// The network's, by the index of its outputs.
  public let classes: [String]
  /// The checkpoint does not say its classes: they are those of the run's own images.
  public let takesClassesFromImages: Bool
  /// Why nobody knows which images the network was trained on; nil if it is known.
  public let forgotten: String?
  /// The run's own images; nil for a network without a run.
  private let data: DataDeclaration?
  private let location: DataLocation
  /// Divides the images.
  private let seed: UInt64
  private let batchSize: Int
  private let threads: Int
  private let cache: ImageCache?
  /// The run's own images as it divided them; nil if they are others by now, or cannot be listed.
  private let own: Dataset?
  private let predictor: Predictor

  /// Images that are decoded before the network sees them; the answers do not depend on it.
  private static let batchSizeWithoutJob = 32

  /// A checkpoint of a run.
  ///
  /// - Parameters:
  ///   - job: the run's, which says where its images are. Everything else is the checkpoint's, also the seed, which divides
  ///     the images.
  ///   - metadata: of the checkpoint's training.safetensors.
  /// - Throws: `.data` if the network's classes are those of the run's own images, which cannot be listed.
  public init(
    _ network: TrainedNetwork, of job: TrainingJob, metadata: [String: String]
  ) throws(TrainingError) {
    self.network = network
    var job = job
    if let seed = metadata["seed"].flatMap({ UInt64($0) }) { job.training.seed = seed }
    classes = network.classesAreNumbers ? try Self.ownClasses(job, network) : network.classes
    takesClassesFromImages = network.classesAreNumbers
    (own, forgotten) = Self.own(job, classes, fingerprint: metadata["dataset.fingerprint"])
    (data, location, seed) = (job.data, job.location, job.training.seed)
    (batchSize, threads, cache) = (job.training.batchSize, job.threads, job.data.cache ? job.cache : nil)
    predictor = try Predictor(network, team: Team(threads: job.threads))
  }

  /// A network without its run: its images are always others.
  /// - Throws: `.memory`.
  public init(_ network: TrainedNetwork, threads: Int, cache: ImageCache?) throws(TrainingError) {
    self.network = network
    (classes, takesClassesFromImages) = (network.classes, false)
    (own, forgotten) = (nil, "a checkpoint alone does not say which images those were")
    (data, location, seed) = (nil, DataLocation(base: "."), 0)
    (batchSize, self.threads, self.cache) = (Self.batchSizeWithoutJob, threads, cache)
    predictor = try Predictor(network, team: Team(threads: threads))
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

  private static func ownClasses(
    _ job: TrainingJob, _ network: TrainedNetwork
  ) throws(TrainingError) -> [String] {
    let names: [String]
    do {
      names = try Dataset.load(job.data, at: job.location, seed: job.training.seed).classes
    } catch { throw .data(error) }
    guard names.count == network.classes.count else {
      throw .classes(
        names, outputs: network.plan.output.count, needed: network.loss.outputs(forClasses: names.count),
        loss: type(of: network.loss).keyword)
    }
    return names
  }

  /// Lists what is asked for; of a network without a run, of nothing if no images are named.
  /// - Throws: `.data` if the images cannot be listed, or have classes that the network does not know.
  public func images(for wish: EvaluationWish) throws(TrainingError) -> EvaluationImages {
    guard let data = wish.images ?? data else { return EvaluationImages() }
    do {
      return try EvaluationImages(wish, data: data, at: location, seed: seed, classes: classes, own: own)
    } catch { throw .data(error) }
  }

  /// Goes through images. The answers are by the outputs alone, without any decision about them.
  public func evaluate(_ images: EvaluationImages, _ wish: EvaluationWish) throws(TrainingError) -> Evaluation {
    let access: DataAccess
    do { access = try location.access() } catch { throw .data(error) }
    let store = ImageStore(
      images.examples, of: wish.part, as: network.reading, within: access, cache: cache,
      budget: MemoryBudget(bytes: 0))
    let count = store.examples.count
    let pipeline = BatchPipeline(
      store, schedule: .once(count: count, batchSize: batchSize),
      ledger: SkipLedger(
        total: count,
        maximumShare: (data ?? wish.images)?.maximumSkipped ?? DataDeclaration.defaultMaximumSkipped),
      threads: threads)
    let evaluation = try predictor.evaluate(store, batches: pipeline, symmetries: wish.symmetries) { _ in true }
    return evaluation ?? Evaluation(outputs: [], examples: [], skipped: [], rule: DecisionRule(network.loss))
  }
}
