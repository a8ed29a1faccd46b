import Datasets

/// A job's images, served in batches. They are surveyed first only if the job normalizes by their statistics.
struct TrainingData {
  let statistics: ChannelStatistics
  let fingerprint: String
  let classes: [String]
  let batchesPerEpoch: Int
  private let training: ImageStore
  private let validation: ImageStore?
  /// Held out until the end; nil if there are none.
  let test: ImageStore?
  private let schedule: BatchSchedule
  /// Training images that the survey found to be bad.
  let surveyed: [SkippedImage]
  private let maximumSkipped: Double
  /// Of the training images.
  private let floor: ClassFloor?
  private let batchSize: Int
  private let decoders: Int

  /// - Parameters:
  ///   - outputs: of the network.
  ///   - saved: the statistics that the run began with: they stay, even if an image has changed since.
  init(
    _ job: TrainingJob, outputs: Int, statistics saved: ChannelStatistics?,
    report: (TrainingEvent) throws(TrainingError) -> Void
  ) throws(TrainingError) {
    let dataset: Dataset
    do {
      dataset = try Dataset.load(job.data, at: job.location, seed: job.training.seed, heartbeat: job.heartbeat)
    } catch { throw .data(error) }
    try job.training.requireOutputs(outputs, for: dataset.classes)
    try report(
      .loaded(
        classes: dataset.classes, training: dataset.training.count, validation: dataset.validation.count,
        test: dataset.test.count))
    let budget = MemoryBudget.standard()
    let cache = job.data.cache ? job.cache : nil
    let weighted = try job.training.weighted(dataset.training, of: dataset.classes)
    func store(_ examples: [Example], of part: Part) -> ImageStore {
      ImageStore(examples, of: part, as: job.reading, cache: cache, budget: budget, heartbeat: job.heartbeat)
    }
    training = store(weighted, of: .training)
    validation = dataset.validation.isEmpty ? nil : store(dataset.validation, of: .validation)
    test = dataset.test.isEmpty ? nil : store(dataset.test, of: .test)
    maximumSkipped = job.data.maximumSkipped
    floor = ClassFloor(weighted, classes: dataset.classes)
    (statistics, surveyed) =
      if let saved { (saved, []) } else { try Self.survey(training, floor, for: job, report: report) }
    fingerprint = dataset.fingerprint
    classes = dataset.classes
    batchSize = job.training.batchSize
    decoders = job.threads
    schedule = BatchSchedule(
      count: dataset.training.count, batchSize: batchSize, epochs: job.training.epochs,
      order: .shuffled(seed: job.training.seed, augmentation: job.data.augment))
    batchesPerEpoch = schedule.batchesPerEpoch
  }

  private static func survey(
    _ images: ImageStore, _ floor: ClassFloor?, for job: TrainingJob,
    report: (TrainingEvent) throws(TrainingError) -> Void
  ) throws(TrainingError) -> (ChannelStatistics, [SkippedImage]) {
    switch job.data.normalize {
    case .none: return (.none, [])
    case .given(let statistics): return (statistics, [])
    case .dataset:
      let total = images.examples.count
      try report(.preparing(images: 0, of: total))
      var failure: TrainingError?
      let survey: Survey
      let ledger = SkipLedger(total: total, maximumShare: job.data.maximumSkipped, floor: floor)
      do {
        survey = try Survey(of: images, ledger: ledger, threads: job.threads) { count in
          do throws(TrainingError) { try report(.preparing(images: count, of: total)) } catch { failure = error }
        }
      } catch { throw .data(error) }
      if let failure { throw failure }
      return (survey.statistics, survey.ledger.skipped)
    }
  }

  /// The rest of the run's batches.
  /// - Parameter skipped: training images that are known to be bad.
  func batches(from start: BatchPosition, skipped: [SkippedImage]) -> BatchPipeline {
    BatchPipeline(
      training, schedule: schedule, from: start, ledger: ledger(of: training, skipped, floor), threads: decoders)
  }

  var trainingCount: Int { training.examples.count }

  var hasValidation: Bool { validation != nil }

  /// The validation images once, in order; nil if there are none.
  /// - Parameters:
  ///   - batch: the first to hand over.
  ///   - skipped: validation images that are known to be bad.
  func validationBatches(from batch: Int, skipped: [SkippedImage]) -> BatchPipeline? {
    validation.map { store in
      BatchPipeline(
        store, schedule: .once(count: store.examples.count, batchSize: batchSize),
        from: BatchPosition(epoch: 0, batch: batch), ledger: ledger(of: store, skipped), threads: decoders)
    }
  }

  /// The validation images that can be used, in order.
  func validationExamples(without skipped: [SkippedImage]) -> [Example] {
    let bad = Set(skipped.map(\.index))
    return (validation?.examples ?? []).enumerated().compactMap { bad.contains($0) ? nil : $1 }
  }

  var validationCount: Int { validation?.examples.count ?? 0 }

  /// A list of images once, in order.
  func batches(of images: ImageStore) -> BatchPipeline {
    BatchPipeline(
      images, schedule: .once(count: images.examples.count, batchSize: batchSize), ledger: ledger(of: images, []),
      threads: decoders)
  }

  private func ledger(of images: ImageStore, _ known: [SkippedImage], _ floor: ClassFloor? = nil) -> SkipLedger {
    SkipLedger(total: images.examples.count, maximumShare: maximumSkipped, known: known, floor: floor)
  }
}
