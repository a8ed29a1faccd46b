public import Checkpoints
public import Datasets
public import Images
import Networks
import Workers

/// A checkpoint of a run on the run's own images.
public struct Evaluator {
  public let classes: [String]
  public let step: Int
  /// The images are other ones, or others than the run had in training.
  public let hasOtherData: Bool
  private let job: TrainingJob
  private let dataset: Dataset
  private let predictor: Predictor

  /// - Parameter job: the run's; the seed, which divides the images, is the checkpoint's.
  /// - Throws: `.checkpointMismatch` if the checkpoint is of another network.
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
    do { dataset = try Dataset.load(job.data, at: job.location, seed: job.training.seed) } catch { throw .data(error) }
    classes = dataset.classes
    hasOtherData = metadata["dataset.fingerprint"] != dataset.fingerprint
    predictor = try Predictor(
      plan, loss: job.training.loss, statistics: state.statistics, classes: classes, model: checkpoint.model.tensors,
      team: Team(threads: job.threads))
  }

  /// How many images a part has.
  public func count(of part: Part) -> Int { examples(of: part).count }

  /// Goes through all images of a part.
  /// - Parameter symmetries: in which each is shown; the probabilities are averaged.
  public func evaluate(
    _ part: Part, symmetries: [Symmetry] = [.identity]
  ) throws(TrainingError) -> Evaluation {
    let store = ImageStore(
      examples(of: part), of: part, as: job.reading, cache: job.data.cache ? job.cache : nil,
      budget: MemoryBudget(bytes: 0))
    let pipeline = BatchPipeline(
      store, schedule: .once(count: store.examples.count, batchSize: job.training.batchSize),
      ledger: SkipLedger(total: store.examples.count, maximumShare: job.data.maximumSkipped), threads: job.threads)
    let evaluation = try predictor.evaluate(store, batches: pipeline, symmetries: symmetries) { _ in true }
    return evaluation ?? Evaluation(figures: predictor.loss.figures(of: [], for: []), skipped: [])
  }

  private func examples(of part: Part) -> [Example] {
    switch part {
    case .training: dataset.training
    case .validation: dataset.validation
    case .test: dataset.test
    }
  }
}
