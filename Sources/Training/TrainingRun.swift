import Checkpoints
import Configuration
import Datasets
import DurableFiles
import Images
import Networks
import Tensors
import Workers

/// One job in one folder, from its newest checkpoint to its end.
///
/// The decisions are in values (`RunState`, the schedule, the batch order); this type does them in turn.
public struct TrainingRun {
  let job: TrainingJob
  let store: CheckpointStore
  private let lock: FileLock
  let data: TrainingData
  let trainer: Trainer
  let report: (TrainingEvent) throws(TrainingError) -> Void
  var state = RunState()
  private var clock = RunClock()

  /// Loads the data, builds the network and goes to the newest valid checkpoint in `directory`.
  ///
  /// - Parameter report: called in order, from the training thread.
  public init(
    _ job: TrainingJob, in directory: String, report: @escaping (TrainingEvent) throws(TrainingError) -> Void
  ) throws(TrainingError) {
    self.job = job
    self.report = report
    store = CheckpointStore(run: directory)
    lock = try Self.prepare(directory, store)
    let plan = try Self.plan(job)
    data = try TrainingData(job, report: report)
    let team = Team(threads: job.threads)
    do {
      trainer = try Trainer(
        plan, optimizer: job.training.optimizer, statistics: data.statistics, batchSize: job.training.batchSize,
        team: team)
    } catch { throw .memory(error) }
    let resumed = try resume()
    if resumed == nil { state.skipped = data.surveyed }
    for image in state.skipped + state.skippedValidation { try report(.skipped(image)) }
    try report(
      .started(
        epochs: job.training.epochs, stepsPerEpoch: data.batchesPerEpoch, resumed: resumed,
        memoryBytes: trainer.memoryBytes))
  }

  private static func prepare(_ directory: String, _ store: CheckpointStore) throws(TrainingError) -> FileLock {
    do { try createDirectories(directory) } catch { throw .file(error) }
    let lock: FileLock
    do { lock = try FileLock("\(directory)/run.lock") } catch {
      if case .locked = error { throw .busy("\(error)") }
      throw .file(error)
    }
    do { try store.prepare() } catch { throw .checkpoint(error) }
    return lock
  }

  private static func plan(_ job: TrainingJob) throws(TrainingError) -> NetworkPlan {
    let input = Shape(channels: 3, height: ImagePlanes.side, width: ImagePlanes.side)
    let plan: NetworkPlan
    do { plan = try NetworkPlan(job.network, input: input) } catch { throw .network(error) }
    guard plan.output.count == 1 else { throw .outputs(plan.output.count) }
    return plan
  }

  /// Trains until the last epoch is done or `shouldStop` says so, which is asked after every step.
  public mutating func run(shouldStop: () -> Bool) throws(TrainingError) -> TrainingOutcome {
    let pipeline = data.batches(from: state.position, skipped: state.skipped)
    defer { pipeline.cancel() }
    clock.start()
    while let batch = try next(pipeline) {
      try step(batch)
      let epoch = state.isBetweenEpochs ? try finishEpoch() : nil
      let isBest = epoch?.isBest ?? false
      let isLast = state.step == data.batchesPerEpoch * job.training.epochs
      let stops = !isLast && shouldStop()
      if isLast || stops || isBest || isCheckpointDue { try save(validation: epoch?.validation) }
      if isBest { try markBest() }
      if stops { return .interrupted }
    }
    return .finished
  }

  private func next(_ pipeline: BatchPipeline) throws(TrainingError) -> Batch? {
    do { return try pipeline.next() } catch { throw .data(error) }
  }

  private mutating func step(_ batch: Batch) throws(TrainingError) {
    for image in batch.skipped { try report(.skipped(image)) }
    state.skipped += batch.skipped
    let rate = learningRate
    let tally = trainer.step(
      images: batch.images.map(\.bytes), targets: batch.targets, weights: batch.weights, rate: rate, step: state.step)
    guard tally.loss.isFinite else { throw .diverged(step: state.step + 1, rate: rate) }
    state.advance(by: tally, batches: data.batchesPerEpoch)
    let speed = clock.lap(images: tally.images)
    try report(
      .stepped(
        StepReport(
          batchSize: job.training.batchSize, epoch: state.position.epoch, step: state.step, loss: tally.meanLoss,
          learningRate: rate,
          imagesPerSecond: speed, seconds: clock.secondsSinceStart)))
  }

  private var learningRate: Double {
    job.training.optimizer.learningRate
      * job.training.schedule.factor(step: state.step, stepsPerEpoch: data.batchesPerEpoch)
  }

  private var isCheckpointDue: Bool {
    switch job.checkpoints.every {
    case .epochs(let count): state.isBetweenEpochs && state.position.epoch % count == 0
    case .steps(let count): state.step % count == 0
    }
  }

  /// Validates, and reports the epoch before anything is saved: its row of the metrics is then on the disk when
  /// the checkpoint is, and a crash in between loses neither.
  private mutating func finishEpoch() throws(TrainingError) -> EpochReport {
    let (speed, seconds) = clock.finishEpoch()
    let validation = try validate()
    var isBest = false
    if let validation, validation.meanLoss < (state.best?.loss ?? .infinity) {
      state.best = RunState.Best(step: state.step, loss: validation.meanLoss, accuracy: validation.accuracy)
      isBest = true
    }
    let epoch = EpochReport(
      epoch: state.position.epoch, step: state.step, training: state.epochTally, validation: validation,
      skipped: state.skipped.count + state.skippedValidation.count, learningRate: learningRate, imagesPerSecond: speed,
      seconds: seconds, isBest: isBest)
    state.epochTally = Tally()
    try report(.finishedEpoch(epoch))
    clock.start()
    return epoch
  }

  private mutating func validate() throws(TrainingError) -> Tally? {
    guard let pipeline = data.validationBatches(skipped: state.skippedValidation) else { return nil }
    try report(.validating)
    defer { pipeline.cancel() }
    var tally = Tally()
    while let batch = try next(pipeline) {
      for image in batch.skipped { try report(.skipped(image)) }
      state.skippedValidation += batch.skipped
      tally.add(trainer.evaluate(images: batch.images.map(\.bytes), targets: batch.targets, weights: batch.weights))
    }
    return tally
  }
}
