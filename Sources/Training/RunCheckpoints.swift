import Checkpoints
import Networks
import RunFiles

/// A run as its newest valid checkpoint has it.
struct SavedRun {
  let checkpoint: Checkpoint
  let state: RunState

  /// Nil for a fresh start. Newer checkpoints that are damaged are reported and set aside.
  init?(
    newestIn store: CheckpointStore, report: (TrainingEvent) throws(TrainingError) -> Void
  ) throws(TrainingError) {
    let recovery: Recovery
    do { recovery = try store.recover() } catch { throw .checkpoint(error) }
    for damage in recovery.passedOver {
      try report(.damaged("\(damage.error)"))
      do { try store.setAside(step: damage.step) } catch { throw .checkpoint(error) }
    }
    guard let checkpoint = recovery.checkpoint else { return nil }
    try self.init(checkpoint)
  }

  init(_ checkpoint: Checkpoint) throws(TrainingError) {
    self.checkpoint = checkpoint
    guard let text = checkpoint.training.metadata[RunState.key] else {
      throw .checkpointMismatch("\(checkpoint.path) holds no state of a run")
    }
    state = try RunState(encoded: text)
  }
}

/// Saving a run and going on from what was saved.
extension TrainingRun {
  /// - Returns: where the run goes on; nil for a fresh start.
  mutating func begin(_ saved: SavedRun?) throws(TrainingError) -> ResumePoint? {
    guard let saved else {
      try startAfresh()
      try renewLinks(latest: nil)
      return nil
    }
    let extensions = saved.state.extensions ?? 0
    guard extensions <= job.extensions.count else {
      throw .checkpointMismatch(
        "it is of a run that was extended \(extensions) times, and extensions.json does not say so")
    }
    let own = identity(afterExtensions: extensions)
    if let difference = try RunIdentity(in: saved.checkpoint.training.metadata).difference(from: own) {
      throw .checkpointMismatch(difference)
    }
    if let layer = try RunIdentity.changedLayer(since: saved.checkpoint.training.metadata, in: trainer.plan) {
      throw .otherArithmetic(layer: layer)
    }
    try restore(saved)
    try renewLinks(latest: saved.checkpoint.step)
    return ResumePoint(step: state.step, epochs: state.epochs, isTested: state.skippedTest != nil)
  }

  mutating func startAfresh() throws(TrainingError) {
    trainer.initialize()
    if let initial { try trainer.begin(with: initial) }
    state = RunState()
    state.statistics = data.statistics
    state.skipped = data.surveyed[.training] ?? []
    state.skippedValidation = data.surveyed[.validation] ?? []
  }

  mutating func restore(_ saved: SavedRun) throws(TrainingError) {
    try trainer.restore(model: saved.checkpoint.model.tensors, optimizer: saved.checkpoint.training.tensors)
    state = saved.state
  }

  /// A crash may have come between a checkpoint and its marks, or a marked one was damaged.
  private func renewLinks(latest: Int?) throws(TrainingError) {
    do {
      if try latest != store.latestStep { try store.markLatest(step: latest) }
      let best = state.best?.step
      guard try best != store.bestStep else { return }
      let isThere = try best.map { (step) throws(CheckpointError) in try store.steps().contains(step) } ?? false
      try store.markBest(step: isThere ? best : nil)
    } catch { throw .checkpoint(error) }
  }

  func markBest() throws(TrainingError) {
    do { try store.markBest(step: state.step) } catch { throw .checkpoint(error) }
  }

  /// - Parameter validation: of the epoch that has just ended.
  mutating func save(validation: Tally? = nil) throws(TrainingError) {
    let (model, training) = try metadata(validation)
    try report(.saving)
    do {
      try store.publish(
        step: state.step, model: trainer.modelTensors, modelMetadata: model, training: trainer.optimizerTensors,
        state: training, keep: job.checkpoints.keep)
    } catch { throw .checkpoint(error) }
    try report(.saved(step: state.step))
    clock.saved()
  }

  /// What the two files of a checkpoint say besides their tensors.
  /// - Parameter validation: of the epoch that has just ended.
  func metadata(
    _ validation: Tally?
  ) throws(TrainingError) -> (model: [String: String], training: [String: String]) {
    var model = ["format": "pt", "job": job.name, "step": "\(state.step)", "epoch": "\(state.position.epoch)"]
    model["network"] = trainer.plan.text
    model["classes"] = data.classes.joined(separator: "\n")
    model["mean"] = data.statistics.mean.map { "\($0)" }.joined(separator: " ")
    model["deviation"] = data.statistics.deviation.map { "\($0)" }.joined(separator: " ")
    var training = model
    training[ClassNames.key] = ClassNames(data.classes).encoded
    training[RunIdentity.key] = identity.encoded
    training["dataset.fingerprint"] = data.fingerprint
    training["epochs"] = "\(epochs)"
    training["seed"] = "\(job.training.seed)"
    training[RunState.key] = try state.encoded
    if let validation {
      training["validation.loss"] = "\(validation.meanLoss)"
      training["validation.accuracy"] = "\(validation.accuracy)"
    }
    return (model, training)
  }
}
