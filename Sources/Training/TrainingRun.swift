import Checkpoints
import Configuration
import Datasets
import DurableFiles
import Images
import Networks
import Optimization
import RunFiles
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
  let initial: InitialWeights?
  let report: (TrainingEvent) throws(TrainingError) -> Void
  var state = RunState()
  var clock = RunClock()
  /// For a replay: looks at the run wherever it could be saved, with the validation of an epoch that has just ended.
  var onlooker: ((TrainingRun, Tally?) throws(TrainingError) -> Void)?

  /// Loads the data, builds the network and goes to the newest valid checkpoint in `directory`.
  ///
  /// - Parameter report: called in order, from the training thread.
  public init(
    _ job: TrainingJob, in directory: String, report: @escaping (TrainingEvent) throws(TrainingError) -> Void
  ) throws(TrainingError) {
    self.report = report
    store = CheckpointStore(run: directory, heartbeat: job.heartbeat)
    lock = try Self.prepare(directory, store)
    // From here on the folder is this run's own: its first word.
    try report(.preparing(images: 0, of: 0))
    let plan = try job.plan()
    var job = try job.withInitialWeights(keptIn: directory)
    initial = try InitialWeights(of: job)
    try initial?.check(against: plan)
    let saved = try SavedRun(newestIn: store, report: report)
    if let saved { job.reading = try RunIdentity.reading(of: job, in: saved.checkpoint.training.metadata) }
    self.job = job
    data = try TrainingData(job, outputs: plan.output.count, statistics: saved?.state.statistics, report: report)
    // A run that is to go on has done without, and keeps its bytes.
    if saved == nil { try job.training.requireCompany(in: plan, images: data.trainingCount) }
    try Self.requireSpace(for: job, plan, data, in: store, after: saved?.state)
    let team = Team(threads: job.threads, heartbeat: job.heartbeat)
    do {
      trainer = try Trainer(
        plan, optimizer: job.training.optimizer, statistics: data.statistics, batchSize: job.training.batchSize,
        seed: job.training.seed, loss: job.training.loss, clipNorm: job.training.clipNorm, team: team)
    } catch { throw .memory(error) }
    if saved == nil, let initial {
      let remark = initial.remark(on: data.classes, outputs: plan.output.count, judgedBy: job.training.loss)
      for remark in [remark, initial.remarkOnRounding].compactMap({ $0 }) { try report(.noticed(remark)) }
    }
    let resumed = try begin(saved)
    // These are the weights that the run has begun with, or does now.
    if case .run = job.training.initialFrom, job.initialKept == nil {
      try initial?.keep(as: RunFolder(directory)[.initial])
    }
    for image in state.skipped { try report(.skipped(image, of: .training)) }
    for image in state.skippedValidation { try report(.skipped(image, of: .validation)) }
    for image in state.skippedTest ?? [] { try report(.skipped(image, of: .test)) }
    try report(
      .started(
        epochs: job.epochs, stepsPerEpoch: data.batchesPerEpoch, resumed: resumed,
        memoryBytes: trainer.memoryBytes))
  }

  private static func prepare(_ directory: String, _ store: CheckpointStore) throws(TrainingError) -> FileLock {
    do { try createDirectories(directory) } catch { throw .file(error) }
    let lock: FileLock
    do { lock = try FileLock(RunFolder(directory)[.lock]) } catch {
      if case .locked = error { throw .busy("\(error)") }
      throw .file(error)
    }
    do { try store.prepare() } catch { throw .checkpoint(error) }
    return lock
  }

  /// Trains until the last epoch is done or `shouldStop` says so, which is asked after every batch.
  public mutating func run(shouldStop: () -> Bool) throws(TrainingError) -> TrainingOutcome {
    while true {
      do {
        return try attempt(shouldStop)
      } catch {
        guard case .diverged(let divergence, let step, _) = error, mayGoBack else { throw error }
        try goBack(after: divergence, at: step)
      }
    }
  }

  private mutating func attempt(_ shouldStop: () -> Bool) throws(TrainingError) -> TrainingOutcome {
    clock.start()
    clock.saved()
    repeat {
      if state.validation != nil, try !finishEpoch(shouldStop) { return .interrupted }
      guard try train(shouldStop), try test(shouldStop) else { return .interrupted }
    } while try beginExtension()
    return stopsEarly && state.position.epoch < epochs ? .stoppedEarly : .finished
  }

  /// Goes through the epochs that are left of a phase.
  /// - Returns: false if the run is to stop, and saved.
  private mutating func train(_ shouldStop: () -> Bool) throws(TrainingError) -> Bool {
    let pipeline = data.batches(from: state.position, skipped: state.skipped)
    defer { pipeline.cancel() }
    clock.startPipeline()
    while !stopsEarly, state.position.epoch < epochs, let batch = try next(pipeline) {
      clock.note(pipeline.times)
      try step(batch)
      guard try state.validation == nil ? saveIfDue(shouldStop) : finishEpoch(shouldStop) else { return false }
    }
    return true
  }

  /// After a batch, of training or validation.
  /// - Returns: false if the run is to stop, and saved.
  mutating func saveIfDue(_ shouldStop: () -> Bool) throws(TrainingError) -> Bool {
    try onlooker?(self, nil)
    let stops = shouldStop()
    if stops || job.checkpoints.isDue(at: state, seconds: clock.secondsSinceSave) { try save() }
    return !stops
  }

  func next(_ pipeline: BatchPipeline) throws(TrainingError) -> Batch? {
    do { return try pipeline.next() } catch { throw .data(error) }
  }

  private mutating func step(_ batch: Batch) throws(TrainingError) {
    for image in batch.skipped { try report(.skipped(image, of: .training)) }
    state.skipped += batch.skipped
    let rate = learningRate
    let tally: Tally
    do {
      tally = try trainer.step(
        images: batch.images.map(\.planes), targets: batch.targets, weights: batch.weights, mixtures: batch.mixtures,
        rate: rate, step: state.step)
    } catch { throw .diverged(error, step: state.step + 1, rate: rate) }
    state.advance(by: tally, batches: data.batchesPerEpoch)
    let speed = clock.lap(images: tally.images)
    try report(
      .stepped(
        StepReport(
          batchSize: job.training.batchSize, epoch: state.position.epoch, step: state.step, loss: tally.meanLoss,
          learningRate: rate,
          imagesPerSecond: speed, seconds: clock.secondsSinceStart)))
  }

  /// Nothing has become better for long enough.
  private var stopsEarly: Bool { job.training.earlyStopping?.isOver(state.earlyStopping) ?? false }

  private var learningRate: Double {
    extensionRate ?? reduction
      * WarmedUpSchedule(schedule: job.training.schedule, warmUp: job.training.warmUp).rate(
        base: job.training.optimizer.learningRate,
        at: ScheduleMoment(
          step: state.step, stepsPerEpoch: data.batchesPerEpoch, steps: data.batchesPerEpoch * job.training.epochs,
          state: state.plateau))
  }

  /// Validates, and reports the epoch before its end is saved: its row of the metrics is then on the disk when the
  /// checkpoint is, and a crash in between loses neither.
  ///
  /// - Returns: false if the run is to stop, and saved.
  private mutating func finishEpoch(_ shouldStop: () -> Bool) throws(TrainingError) -> Bool {
    guard try validate(shouldStop) else { return false }
    let validation = data.hasValidation ? state.validation?.tally : nil
    let training = state.epochTally
    let figures = data.hasValidation ? validationFigures : nil
    let isBest = state.finishEpoch(by: job.training.earlyStopping?.metric ?? .loss, figures)
    if let stopping = job.training.earlyStopping {
      let value = (validation ?? training).value(of: stopping.metric, figures)
      state.earlyStopping = stopping.next(state.earlyStopping ?? .init(), value: value)
    }
    let shown = validation ?? training
    state.plateau = job.training.schedule.state(
      after: ScheduleFigures(loss: shown.meanLoss, accuracy: shown.accuracy), state.plateau)
    let (speed, seconds, times) = clock.finishEpoch()
    try report(
      .finishedEpoch(
        EpochReport(
          epoch: state.position.epoch, step: state.step, training: training, validation: validation,
          figures: figures, skipped: state.skipped.count + state.skippedValidation.count, learningRate: learningRate,
          imagesPerSecond: speed, seconds: seconds, times: times, isBest: isBest)))
    try onlooker?(self, validation)
    clock.start()
    let isLast = state.position.epoch == epochs || stopsEarly
    let stops = !isLast && shouldStop()
    if isLast || stops || isBest || job.checkpoints.isDue(at: state, seconds: clock.secondsSinceSave) {
      try save(validation: validation)
    }
    if isBest { try markBest() }
    return !stops
  }
}
