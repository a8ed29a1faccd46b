import Datasets
import RunFiles

// The rows that metrics.jsonl gets for what a run reports.

extension StepRow {
  /// - Parameter seconds: since training began.
  init(_ step: StepReport, stepsPerEpoch: Int, seconds: Double) {
    self.init(
      epoch: (step.step - 1) / stepsPerEpoch + 1, step: step.step, loss: step.loss, learningRate: step.learningRate,
      imagesPerSecond: step.imagesPerSecond, seconds: seconds)
  }
}

extension EpochRow {
  /// - Parameter seconds: since training began.
  init(_ epoch: EpochReport, seconds: Double) {
    self.init(
      epoch: epoch.epoch, step: epoch.step, trainLoss: epoch.training.meanLoss,
      trainAccuracy: epoch.training.accuracy, validationLoss: epoch.validation?.meanLoss,
      validationAccuracy: epoch.validation?.accuracy, validationFigures: epoch.figures, skipped: epoch.skipped,
      learningRate: epoch.learningRate, imagesPerSecond: epoch.imagesPerSecond, seconds: seconds,
      pipeline: PipelineSeconds(epoch.times, of: epoch.seconds))
  }
}

extension TestRow {
  /// - Parameter seconds: since training began.
  init(_ test: TestReport, seconds: Double) {
    self.init(
      epoch: test.epoch, step: test.step, figures: test.evaluation.figures, skipped: test.evaluation.skipped.count,
      seconds: seconds)
  }
}

extension PipelineSeconds {
  /// - Parameter seconds: that the epoch's steps took.
  fileprivate init(_ times: PipelineTimes, of seconds: Double) {
    self.init(
      wait: times.waiting, waitShare: seconds > 0 ? min(times.waiting / seconds, 1) : 0, idle: times.idle,
      busy: times.busy, read: times.reading, decode: times.decoding, cache: times.caching, augment: times.changing)
  }
}
