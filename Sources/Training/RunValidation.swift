import Datasets
import Figures
import Networks

/// Images that nothing is learnt from: validation and test.
extension TrainingRun {
  /// Goes through the validation images that are left.
  /// - Returns: false if the run is to stop, and saved.
  mutating func validate(_ shouldStop: () -> Bool) throws(TrainingError) -> Bool {
    guard let validation = state.validation, data.hasValidation else { return true }
    try report(.validating(batch: validation.batch))
    let pipeline = data.validationBatches(from: validation.batch, skipped: state.skippedValidation)
    defer { pipeline?.cancel() }
    while let batch = try pipeline.map(next) ?? nil {
      for image in batch.skipped { try report(.skipped(image, of: .validation)) }
      state.skippedValidation += batch.skipped
      let outputs = trainer.outputs(images: batch.images.map(\.planes))
      state.validated(
        trainer.tally(outputs, targets: batch.targets, weights: batch.weights),
        outputs: outputs.joined().map { Float($0) })
      try report(.validating(batch: state.validation?.batch ?? 0))
      guard try saveIfDue(shouldStop) else { return false }
    }
    return true
  }

  /// The figures of a validation that is over; nil if an earlier version began it.
  var validationFigures: ClassificationFigures? {
    let examples = data.validationExamples(without: state.skippedValidation)
    return job.training.loss.figures(
      of: state.validation?.outputs?.values ?? [], for: examples, meanLoss: state.validation?.tally.meanLoss ?? .nan)
  }

  /// Tests the trained network, once. The run is saved before and after it; a test that was interrupted begins anew.
  /// - Returns: false if the run is to stop.
  mutating func test(_ shouldStop: () -> Bool) throws(TrainingError) -> Bool {
    guard let images = data.test, state.skippedTest == nil else { return true }
    let evaluation = try trainer.predictor.evaluate(images, batches: data.batches(of: images)) {
      (batch) throws(TrainingError) in
      try report(.testing(batch: batch))
      return !shouldStop()
    }
    guard let evaluation else { return false }
    for image in evaluation.skipped { try report(.skipped(image, of: .test)) }
    state.skippedTest = evaluation.skipped
    try report(.tested(TestReport(epoch: state.position.epoch, step: state.step, evaluation: evaluation)))
    try onlooker?(self, nil)
    try save()
    return true
  }
}
