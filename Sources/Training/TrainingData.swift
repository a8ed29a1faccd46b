import Datasets

/// A job's images: surveyed once, then served in batches.
struct TrainingData {
  let statistics: ChannelStatistics
  let fingerprint: String
  let classes: [String]
  let batchesPerEpoch: Int
  private let training: ImageStore
  private let validation: ImageStore?
  private let schedule: BatchSchedule
  private let ledger: SkipLedger
  /// The validation images that earlier passes found to be bad: they are told of once.
  var validationLedger: SkipLedger
  private let batchSize: Int
  private let decoders: Int

  init(_ job: TrainingJob, report: (TrainingEvent) throws(TrainingError) -> Void) throws(TrainingError) {
    let dataset: Dataset
    let survey: Survey
    do {
      dataset = try Dataset.load(job.data, at: job.location, seed: job.training.seed)
    } catch { throw .data(error) }
    guard dataset.classes.count <= 2 else { throw .classes(dataset.classes) }
    try report(
      .loaded(
        classes: dataset.classes, training: dataset.training.count, validation: dataset.validation.count))
    let budget = MemoryBudget.standard()
    training = ImageStore(dataset.training, budget: budget)
    validation = dataset.validation.isEmpty ? nil : ImageStore(dataset.validation, budget: budget)
    validationLedger = SkipLedger(total: dataset.validation.count, maximumShare: job.data.maximumSkipped)
    do {
      survey = try Survey(of: training, maximumSkipped: job.data.maximumSkipped, threads: job.threads)
    } catch { throw .data(error) }
    ledger = survey.ledger
    for image in survey.ledger.skipped { try report(.skipped(image)) }
    statistics = job.data.normalize.statistics(of: survey)
    fingerprint = dataset.fingerprint
    classes = dataset.classes
    batchSize = job.training.batchSize
    decoders = job.threads
    schedule = BatchSchedule(
      count: dataset.training.count, batchSize: batchSize, epochs: job.training.epochs,
      order: .shuffled(seed: job.training.seed, augmentation: job.data.augment))
    batchesPerEpoch = schedule.batchesPerEpoch
  }

  /// The rest of the run's batches.
  func batches(from start: BatchPosition) -> BatchPipeline {
    BatchPipeline(training, schedule: schedule, from: start, ledger: ledger, threads: decoders)
  }

  /// The validation images once, in order; nil if there are none.
  func validationBatches() -> BatchPipeline? {
    validation.map { store in
      BatchPipeline(
        store, schedule: .once(count: store.examples.count, batchSize: batchSize),
        ledger: validationLedger, threads: decoders)
    }
  }

  /// Images that cannot be used, as far as is known.
  var skippedCount: Int { ledger.skipped.count + validationLedger.skipped.count }
}

extension DataDeclaration.Normalization {
  func statistics(of survey: Survey) -> ChannelStatistics {
    switch self {
    case .dataset: survey.statistics
    case .none: .none
    case .given(let statistics): statistics
    }
  }
}
