public import Datasets
public import Figures
package import Images
public import Networks
public import RunFiles
import Tensors
public import Workers

/// Everything that decides a run's result; how many threads to use for it, and where to keep decoded images, which do not.
public struct TrainingJob: Sendable {
  public var name: String
  public var network: Network
  public var data: DataDeclaration
  public var location: DataLocation
  public var training: TrainingDeclaration
  public var checkpoints: CheckpointDeclaration
  /// What the run is trained for beyond the job.
  public var extensions: [Extension] = []
  public var threads: Int
  /// Where decoded images are kept for later jobs.
  public var cache: ImageCache?
  /// The folder of the run that `initialFrom` names, if it names one: whoever starts the job finds it.
  public var initialRun: String?
  /// The run's own copy of that one's weights, which counts; nil as long as it has none.
  public var initialKept: String?
  /// How files become squares: as the job says, or as the version did that began the run.
  package var reading: ImageReading
  /// Ticks as long as the run moves on: with each image decoded, each layer of a pack, each tensor saved.
  public var heartbeat = Heartbeat()

  public init(
    name: String, network: Network, data: DataDeclaration, location: DataLocation, training: TrainingDeclaration,
    checkpoints: CheckpointDeclaration, threads: Int, cache: ImageCache? = nil
  ) {
    self.name = name
    self.network = network
    self.data = data
    self.location = location
    self.training = training
    self.checkpoints = checkpoints
    self.threads = threads
    self.cache = cache
    reading = data.reading
  }
}

extension TrainingJob {
  /// The job's network on images of the one size that all are brought to, for the job's loss.
  /// - Throws: `.network`.
  func plan() throws(TrainingError) -> NetworkPlan {
    do {
      return try NetworkPlan(
        network, judgedBy: training.loss, input: Shape(channels: 3, height: ImagePlanes.side, width: ImagePlanes.side),
        convolution: training.convolution)
    } catch { throw .network(error) }
  }
}

/// What a run tells while it goes on.
public enum TrainingEvent: Sendable {
  /// The data set is known. All images are decoded now, unless the run is resumed.
  case loaded(DataAccount)
  /// All images were decoded, before the first step: what there is to say of them.
  case surveyed(DataAccount)
  /// So many of the images have been decoded, before the first step. None of none until the data are known.
  case preparing(images: Int, of: Int)
  /// `resumed` is where the checkpoint is that it goes on from.
  case started(epochs: Int, stepsPerEpoch: Int, resumed: ResumePoint?, memoryBytes: Int)
  case stepped(StepReport)
  /// The next batch of the validation, from 0.
  case validating(batch: Int)
  case finishedEpoch(EpochReport)
  /// The run had diverged at a step, and goes on from an earlier place with all rates multiplied.
  case wentBack(Divergence, from: Int, to: ResumePoint, reduction: Double)
  /// The next batch of the test, from 0.
  case testing(batch: Int)
  /// The trained network on the images that were held out.
  case tested(TestReport)
  /// A checkpoint is about to be written.
  case saving
  case saved(step: Int)
  /// Each once in an attempt: those that were met by earlier ones come before `started`.
  case skipped(SkippedImage, of: Part)
  /// What somebody may not have meant, in words.
  case noticed(String)
  /// A checkpoint could not be used; an older one is.
  case damaged(String)
}

public struct StepReport: Sendable {
  public let batchSize: Int
  /// Epochs that are complete.
  public let epoch: Int
  public let step: Int
  public let loss: Double
  public let learningRate: Double
  public let imagesPerSecond: Double
  /// Since this attempt began.
  public let seconds: Double

  package init(
    batchSize: Int, epoch: Int, step: Int, loss: Double, learningRate: Double, imagesPerSecond: Double, seconds: Double
  ) {
    self.batchSize = batchSize
    self.epoch = epoch
    self.step = step
    self.loss = loss
    self.learningRate = learningRate
    self.imagesPerSecond = imagesPerSecond
    self.seconds = seconds
  }

  /// Time that the rest of the run will take at the present speed, validation left out.
  public func secondsLeft(steps: Int) -> Int? {
    imagesPerSecond > 0 ? Int(Double((steps - step) * batchSize) / imagesPerSecond) : nil
  }
}

public struct EpochReport: Sendable {
  /// Counted from 1.
  public let epoch: Int
  public let step: Int
  public let training: Tally
  public let validation: Tally?
  public let figures: ClassificationFigures?
  public let skipped: Int
  public let learningRate: Double
  public let imagesPerSecond: Double
  public let seconds: Double
  /// Who waited for whom in the meantime.
  public let times: PipelineTimes
  public let isBest: Bool
}

public struct TestReport: Sendable {
  public let epoch: Int
  public let step: Int
  public let evaluation: Evaluation
}

/// How a run came to its end.
public enum TrainingOutcome: Sendable, Equatable {
  case finished
  /// Finished before its last epoch: nothing became better any more.
  case stoppedEarly
  /// Stopped on request, with everything saved.
  case interrupted

  public var isFinished: Bool { self != .interrupted }
}
