import Charts
import Datasets
import DurableFiles
import RunFiles
import TemporaryFolder
import Testing
import Training

/// What a run leaves beside its checkpoints.
@Suite struct RunRecordTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func step(_ number: Int, seconds: Double) -> TrainingEvent {
    .stepped(
      StepReport(
        batchSize: 5, epoch: 0, step: number, loss: 1, learningRate: 0.1, imagesPerSecond: 9, seconds: seconds))
  }

  private var rows: [MetricRow] {
    get throws { try MetricsLog.read(folder("metrics.jsonl")).rows }
  }

  private static let start = TrainingEvent.started(epochs: 3, stepsPerEpoch: 4, resumed: nil, memoryBytes: 0)

  /// The clock of an attempt does not begin anew when the run goes back.
  @Test func whatWasTrainedInVainCountsOnce() throws {
    let divergence = Divergence(place: .activations, layer: 0, keyword: "relu")
    let record = RunRecord(in: folder.path, title: "test")
    try record.record(Self.start)
    try record.record(step(1, seconds: 10))
    try record.record(step(2, seconds: 20))
    try record.record(.wentBack(divergence, from: 3, to: ResumePoint(step: 1, epochs: 0), reduction: 0.5))
    try record.record(step(2, seconds: 35))
    #expect(try rows.map(\.seconds) == [10, 35])
    // The next attempt goes on from what is written, and begins its own clock.
    let next = RunRecord(in: folder.path, title: "test")
    try next.record(.started(epochs: 3, stepsPerEpoch: 4, resumed: ResumePoint(step: 2, epochs: 0), memoryBytes: 0))
    try next.record(step(3, seconds: 5))
    #expect(try rows.map(\.seconds) == [10, 35, 40])
  }

  /// A validation folder of its own may have the same names.
  @Test func imagesOfOneNameAreTwo() throws {
    let record = RunRecord(in: folder.path, title: "test")
    let image = SkippedImage(index: 3, name: "cats/1.png", reason: "no PNG")
    for part in [Part.validation, .training, .validation] { try record.record(.skipped(image, of: part)) }
    // Unicode knows one name here, the file system two.
    try record.record(.skipped(SkippedImage(index: 5, name: "e\u{301}.png", reason: "a\tb\nc"), of: .training))
    try record.record(.skipped(SkippedImage(index: 6, name: "\u{e9}.png", reason: "d"), of: .training))
    try record.end(.interrupted)
    #expect(
      folder.text("skipped.tsv") == """
        path\treason\tpart
        cats/1.png\tno PNG\ttrain
        cats/1.png\tno PNG\tvalidation
        e\u{301}.png\ta b c\ttrain
        \u{e9}.png\td\ttrain

        """)
  }

  /// A hundred thousand epochs are not a hundred thousand drawings.
  @Test func theCurveIsNotDrawnForEveryEpoch() throws {
    var sink = LossCurveSink(in: folder.path, title: "test")
    sink.interval = .seconds(1_000_000)
    func epoch(_ number: Int) -> MetricRow {
      .epoch(
        EpochRow(epoch: number, step: number, trainLoss: 1, learningRate: 0.1, imagesPerSecond: 1, seconds: 1))
    }
    try sink.append(epoch(1))
    #expect(folder.text("loss.svg")?.hasPrefix("<svg") == true)
    try remove(folder("loss.svg"))
    for number in 2...100 { try sink.append(epoch(number)) }
    #expect(folder.text("loss.svg") == nil)
    try sink.end()
    #expect(folder.text("loss.svg")?.hasPrefix("<svg") == true)
  }

  /// After an interruption the curve begins at the run's first step.
  @Test func theCurveKnowsEarlierRows() throws {
    let log = try MetricsLog(folder("metrics.jsonl"))
    for number in 1...20 {
      try log.append(
        .step(StepRow(epoch: number, step: number, loss: 1, learningRate: 1, imagesPerSecond: 1, seconds: 1)))
      try log.append(
        .epoch(EpochRow(epoch: number, step: number, trainLoss: 1, learningRate: 1, imagesPerSecond: 1, seconds: 1)))
    }
    let content = try MetricsLog.read(folder("metrics.jsonl"))
    var sink = LossCurveSink(in: folder.path, title: "test")
    try sink.resume(at: ResumePoint(step: 19, epochs: 19), after: MetricsLog.Rows(folder("metrics.jsonl")))
    for row in content.rows.suffix(1) { try sink.append(row) }
    #expect(folder.text("loss.svg") == LossCurve(content.rows, title: "test").svg())
  }
}

extension MetricRow {
  fileprivate var seconds: Double {
    switch self {
    case .step(let row): row.seconds
    case .epoch(let row): row.seconds
    case .test(let row): row.seconds
    }
  }
}
