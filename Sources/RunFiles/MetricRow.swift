public import Figures

/// One optimizer step.
public struct StepRow: Sendable, Equatable {
  /// The epoch the step belongs to, from 1.
  public var epoch: Int
  /// Steps done since training began, this one included.
  public var step: Int
  /// The batch's mean loss, before the step.
  public var loss: Double
  public var learningRate: Double
  public var imagesPerSecond: Double
  /// Since training began, without the pauses between attempts.
  public var seconds: Double

  public init(
    epoch: Int, step: Int, loss: Double, learningRate: Double, imagesPerSecond: Double, seconds: Double
  ) {
    self.epoch = epoch
    self.step = step
    self.loss = loss
    self.learningRate = learningRate
    self.imagesPerSecond = imagesPerSecond
    self.seconds = seconds
  }
}

/// One finished epoch; `step` is the last of it. Accuracies are shares, 0...1.
public struct EpochRow: Sendable, Equatable {
  public var epoch: Int
  public var step: Int
  public var trainLoss: Double
  public var trainAccuracy: Double?
  /// Nil when nothing is set aside for validation.
  public var validationLoss: Double?
  public var validationAccuracy: Double?
  /// The same two and all others; nil in logs of earlier versions too.
  public var validationFigures: ClassificationFigures?
  /// Images that could not be used, in this epoch.
  public var skipped: Int
  public var learningRate: Double
  public var imagesPerSecond: Double
  public var seconds: Double
  /// Nil in logs of earlier versions.
  public var pipeline: PipelineSeconds?

  public init(
    epoch: Int, step: Int, trainLoss: Double, trainAccuracy: Double? = nil, validationLoss: Double? = nil,
    validationAccuracy: Double? = nil, validationFigures: ClassificationFigures? = nil, skipped: Int = 0,
    learningRate: Double, imagesPerSecond: Double, seconds: Double, pipeline: PipelineSeconds? = nil
  ) {
    self.epoch = epoch
    self.step = step
    self.trainLoss = trainLoss
    self.trainAccuracy = trainAccuracy
    self.validationLoss = validationLoss
    self.validationAccuracy = validationAccuracy
    self.validationFigures = validationFigures
    self.skipped = skipped
    self.learningRate = learningRate
    self.imagesPerSecond = imagesPerSecond
    self.seconds = seconds
    self.pipeline = pipeline
  }
}

/// The trained network on the images that were held out until the end.
public struct TestRow: Sendable, Equatable {
  /// The last epoch and step.
  public var epoch: Int
  public var step: Int
  public var figures: ClassificationFigures
  /// Images that could not be used.
  public var skipped: Int
  public var seconds: Double

  public init(epoch: Int, step: Int, figures: ClassificationFigures, skipped: Int, seconds: Double) {
    self.epoch = epoch
    self.step = step
    self.figures = figures
    self.skipped = skipped
    self.seconds = seconds
  }
}

/// A line of metrics.jsonl.
public enum MetricRow: Sendable, Equatable {
  case step(StepRow)
  case epoch(EpochRow)
  case test(TestRow)

  public var step: Int {
    switch self {
    case .step(let row): row.step
    case .epoch(let row): row.step
    case .test(let row): row.step
    }
  }

  /// Whether the row was written before training came to `place`.
  package func isUp(to place: ResumePoint) -> Bool {
    switch self {
    case .step(let row): place.isBehind(step: row.step)
    case .epoch(let row): place.isBehind(epoch: row.epoch)
    case .test(let row): place.isBehind(testAt: row.step)
    }
  }

  /// Without what depends on the clock: what two runs of one job have in common.
  package var withoutClock: MetricRow {
    switch self {
    case .step(var row):
      (row.imagesPerSecond, row.seconds) = (0, 0)
      return .step(row)
    case .epoch(var row):
      (row.imagesPerSecond, row.seconds, row.pipeline) = (0, 0, nil)
      return .epoch(row)
    case .test(var row):
      row.seconds = 0
      return .test(row)
    }
  }
}
