import Checkpoints
import Networks

/// Saving a run and going on from what was saved.
extension TrainingRun {
  /// - Returns: the step of the checkpoint, or nil for a fresh start.
  mutating func resume() throws(TrainingError) -> Int? {
    let recovery: Recovery
    do { recovery = try store.recover() } catch { throw .checkpoint(error) }
    for damage in recovery.damaged { try report(.damaged("\(damage)")) }
    guard let checkpoint = recovery.checkpoint else {
      trainer.initialize(seed: job.training.seed)
      return nil
    }
    let metadata = checkpoint.training.metadata
    guard let saved = metadata[RunState.key].flatMap(RunState.init(encoded:)) else {
      throw .checkpointMismatch("\(checkpoint.path) holds no state of a run")
    }
    for (key, value) in identity where metadata[key] != value {
      throw .checkpointMismatch("its \(key) is \(metadata[key] ?? "missing"), the job's is \(value)")
    }
    try trainer.restore(model: checkpoint.model.tensors, optimizer: checkpoint.training.tensors)
    state = saved
    try renewBest()
    return saved.step
  }

  /// A crash may have come between a checkpoint and its mark, or the marked one lie ahead and be damaged.
  private func renewBest() throws(TrainingError) {
    guard let best = state.best, best.step != store.bestStep else { return }
    do {
      if try store.steps().contains(best.step) { try store.markBest(step: best.step) }
    } catch { throw .checkpoint(error) }
  }

  func markBest() throws(TrainingError) {
    do { try store.markBest(step: state.step) } catch { throw .checkpoint(error) }
  }

  /// What must be the same for a checkpoint to belong to this job.
  private var identity: [String: String] {
    [
      "dataset.fingerprint": data.fingerprint,
      "network": networkText,
      "seed": "\(job.training.seed)",
      "batchSize": "\(job.training.batchSize)",
    ]
  }

  /// One line for each layer.
  private var networkText: String {
    trainer.plan.layers.map { "\($0.index) \($0.keyword) \($0.input) -> \($0.output)" }.joined(separator: "\n")
  }

  func save(validation: Tally? = nil) throws(TrainingError) {
    var model = ["format": "pt", "job": job.name, "step": "\(state.step)", "epoch": "\(state.position.epoch)"]
    model["network"] = networkText
    model["classes"] = data.classes.joined(separator: "\n")
    model["mean"] = data.statistics.mean.map { "\($0)" }.joined(separator: " ")
    model["deviation"] = data.statistics.deviation.map { "\($0)" }.joined(separator: " ")
    var training = identity.merging(model) { own, _ in own }
    training[RunState.key] = state.encoded
    training["epochs"] = "\(job.training.epochs)"
    if let validation {
      training["validation.loss"] = "\(validation.meanLoss)"
      training["validation.accuracy"] = "\(validation.accuracy)"
    }
    try report(.saving)
    do {
      try store.publish(
        step: state.step, model: trainer.modelTensors, modelMetadata: model, training: trainer.optimizerTensors,
        state: training, keep: job.checkpoints.keep)
    } catch { throw .checkpoint(error) }
    try report(.saved(step: state.step))
  }
}
