import Configuration
import Datasets
import DurableFiles
import Networks
import Optimization
import RunFiles
import TemporaryFolder
import Tensors
import Training

/// Twenty-four small images of two classes in a temporary folder, a network that learns them in no time, and its
/// runs. Two epochs of four steps: eighteen images in batches of five, the last one of three; six for validation.
final class Studio {
  static let steps = 8
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for name in ["ascending", "descending"] {
      try createDirectories(folder("images/\(name)"))
      for number in 0..<12 {
        try publish(Self.drawing(number, name == "ascending"), to: image(name, number), .atomic)
      }
    }
  }

  func image(_ name: String, _ number: Int) -> String { folder("images/\(name)/\(number).png") }

  /// A slope of brightness in 16 x 16 pixels, with noise.
  static func drawing(_ number: Int, _ ascends: Bool) -> [UInt8] {
    let random = CounterRandom(seed: UInt64(number), stream: ascends ? 1 : 2)
    let pixels = (0..<256).map { place in
      UInt8(12 * (ascends ? place % 16 : 15 - place % 16) + random.index(below: 60, at: UInt64(place)))
    }
    return png(width: 16, height: 16, pixels: pixels)
  }

  static let layers: [any Layer] = [
    Conv2d(channels: 4, kernel: Pair(8), stride: Pair(8)), Relu(), MaxPool2d(kernel: Pair(4)),
    Conv2d(channels: 5, kernel: Pair(3), stride: Pair(2)), Relu(), Flatten(), Linear(outputs: 1),
  ]

  func job(
    _ layers: [any Layer] = Studio.layers, rate: Double = 0.02, every: Span = .steps(3), everySeconds: Double = 0,
    keep: Int = 3,
    normalize: DataDeclaration.Normalization = .dataset, maximumSkipped: Double = 0.01, threads: Int = 2,
    cache: ImageCache? = nil
  ) -> TrainingJob {
    TrainingJob(
      name: "slopes", network: Network(layers),
      data: DataDeclaration(
        images: folder("images"), validation: .share(0.25), normalize: normalize,
        augment: Augmentation(flip: .vertical), maximumSkipped: maximumSkipped),
      location: DataLocation(base: nil),
      training: TrainingDeclaration(
        epochs: 2, batchSize: 5, seed: 3, optimizer: SGD(learningRate: rate, momentum: 0.9, weightDecay: 1e-4),
        schedule: StepSchedule(every: .steps(5), factor: 0.5)),
      checkpoints: CheckpointDeclaration(every: every, everySeconds: everySeconds, keep: keep), threads: threads,
      cache: cache)
  }

  /// Trains in a folder of its own, as `kiln train` does.
  /// - Parameters:
  ///   - steps: after how many of its own to interrupt it.
  ///   - question: the first time it asks whether to stop that is answered by yes; it asks after every batch, those of
  ///     the validation included, and after every epoch.
  @discardableResult
  func train(
    _ job: TrainingJob, in run: String, stoppingAfter steps: Int = .max, atQuestion question: Int = .max
  ) throws -> Course {
    let record = RunRecord(in: folder(run), title: job.name)
    let course = Course()
    var questions = 0
    do {
      var attempt = try TrainingRun(job, in: folder(run)) { (event) throws(TrainingError) in
        course.events.append(event)
        try record.record(event)
      }
      course.outcome = try attempt.run {
        questions += 1
        return questions >= question || course.steps >= steps
      }
    } catch {
      try record.end(.failed)
      throw error
    }
    try record.end(course.outcome?.isFinished == true ? .done : .interrupted)
    return course
  }

  /// The bytes that a run ends with.
  func result(of run: String) throws -> [[UInt8]] {
    try ["model", "training"].map { try readFile(folder("\(run)/latest/\($0).safetensors"), limit: 1 << 20) }
  }

  func rows(of run: String) throws -> [MetricRow] {
    let content = try MetricsLog.read(folder("\(run)/metrics.jsonl"))
    guard content.unreadable == 0 else { throw UnreadableRows(count: content.unreadable) }
    return content.rows
  }

  struct UnreadableRows: Error { let count: Int }
}

/// What an attempt told, and how it ended.
final class Course {
  var events: [TrainingEvent] = []
  var outcome: TrainingOutcome?

  /// The step that it went on from.
  var resumed: Int? {
    events.compactMap { event -> Int? in
      if case .started(_, _, let resumed, _) = event { resumed?.step } else { nil }
    }.first
  }

  var steps: Int {
    events.count { event in if case .stepped = event { true } else { false } }
  }

  /// The steps at which it was saved.
  var saves: [Int] {
    events.compactMap { event in if case .saved(let step) = event { step } else { nil } }
  }

  var damages: Int {
    events.count { event in if case .damaged = event { true } else { false } }
  }
}
