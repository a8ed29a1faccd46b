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
  /// The images that were found to be bad before the first step, by part; none if the run is resumed.
  let surveyed: [Part: [SkippedImage]]
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
      try dataset.requireFiles(maximumShare: job.data.maximumSkipped, heartbeat: job.heartbeat)
    } catch { throw .data(error) }
    try job.training.requireOutputs(outputs, for: dataset.classes)
    try report(.loaded(DataAccount(dataset, job.data, as: job.reading)))
    let budget = MemoryBudget.standard()
    let cache = job.data.cache ? job.cache : nil
    let weighted = try job.training.weighted(dataset.training, of: dataset.classes)
    let access: DataAccess
    do { access = try job.location.access() } catch { throw .data(error) }
    func store(_ examples: [Example], of part: Part) -> ImageStore {
      ImageStore(
        examples, of: part, as: job.reading, within: access, cache: cache, budget: budget, heartbeat: job.heartbeat)
    }
    training = store(weighted, of: .training)
    validation = dataset.validation.isEmpty ? nil : store(dataset.validation, of: .validation)
    test = dataset.test.isEmpty ? nil : store(dataset.test, of: .test)
    maximumSkipped = job.data.maximumSkipped
    floor = ClassFloor(weighted, classes: dataset.classes)
    if let saved {
      (statistics, surveyed) = (saved, [:])
    } else {
      let survey = try DataSurvey([training, validation, test].compactMap { $0 }, for: job, report: report)
      try report(.surveyed(DataAccount(dataset, job.data, as: job.reading, surveys: survey.parts)))
      try survey.judge(by: job.data.maximumSkipped, floor, report: report)
      statistics = survey.statistics(for: job.data.normalize)
      surveyed = survey.parts.mapValues(\.skipped)
    }
    fingerprint = dataset.fingerprint
    classes = dataset.classes
    batchSize = job.training.batchSize
    decoders = job.threads
    schedule = BatchSchedule(
      count: dataset.training.count, batchSize: batchSize, epochs: job.epochs,
      order: .shuffled(seed: job.training.seed, augmentation: job.data.augment))
    batchesPerEpoch = schedule.batchesPerEpoch
  }

  /// The rest of the run's batches.
  /// - Parameter skipped: training images that are known to be bad.
  func batches(from start: BatchPosition, skipped: [SkippedImage]) -> BatchPipeline {
    BatchPipeline(
      training, schedule: schedule, from: start, ledger: ledger(of: training, skipped, floor), threads: decoders)
  }

  /// What a step is trained on, or would be if every image could be used; mixed images are of the same batch.
  func images(ofStep step: Int) -> [Example] {
    schedule.examples(ofBatch: step - 1).map { training.examples[$0] }
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
