import Charts
import DurableFiles
public import RunFiles

/// What a run leaves beside its checkpoints: metrics.jsonl, loss.svg, skipped.tsv, progress.json.
///
/// It turns events into files and decides nothing.
public final class RunRecord {
  private let directory: String
  private let title: String
  private var log: MetricsLog?
  private var rows: [MetricRow] = []
  private var skipped: [String: String] = [:]
  private var earlierSeconds = 0.0
  private var seconds = 0.0
  private var stepsPerEpoch = 1
  private var lastPublished: ContinuousClock.Instant?
  public private(set) var progress = Progress(state: .preparing, epoch: 1, epochs: 0, step: 0, steps: 0)

  /// - Parameters:
  ///   - directory: the run's folder, which exists.
  ///   - title: printed over the curve.
  public init(in directory: String, title: String) {
    self.directory = directory
    self.title = title
  }

  /// Takes note of an event.
  /// - Throws: `.metrics` or `.file` when a file cannot be written.
  public func record(_ event: TrainingEvent) throws(TrainingError) {
    switch event {
    case .loaded, .saved, .damaged: break
    case .started(let epochs, let stepsPerEpoch, let resumed, _):
      try start(epochs: epochs, stepsPerEpoch: stepsPerEpoch, resumed: resumed)
    case .wentBack(_, _, let place, _):
      try start(epochs: progress.epochs, stepsPerEpoch: stepsPerEpoch, resumed: place)
    case .stepped(let step): try record(step)
    case .validating(let batch), .testing(let batch): try validating(batch)
    case .tested(let test): try record(test)
    case .finishedEpoch(let epoch): try record(epoch)
    case .saving: try writing { () throws(MetricsError) in try log?.synchronize() }
    case .skipped(let image):
      guard skipped.updateValue(image.reason, forKey: image.name) == nil else { return }
      try writeSkipped()
    }
  }

  /// Writes the last word about the run.
  public func end(_ state: Progress.State) throws(TrainingError) {
    try change(to: state)
    try writing { () throws(MetricsError) in try log?.synchronize() }
  }

  private func start(epochs: Int, stepsPerEpoch: Int, resumed: ResumePoint?) throws(TrainingError) {
    self.stepsPerEpoch = stepsPerEpoch
    let path = "\(directory)/metrics.jsonl"
    try writing { () throws(MetricsError) in
      log = try MetricsLog(path, resumingAfter: resumed ?? .start)
      rows = try MetricsLog.read(path).rows
    }
    earlierSeconds = rows.last?.seconds ?? 0
    let step = resumed?.step ?? 0
    progress = Progress(
      state: .training, epoch: min(step / stepsPerEpoch + 1, epochs), epochs: epochs, step: step,
      steps: epochs * stepsPerEpoch)
    try publishProgress()
  }

  private func record(_ step: StepReport) throws(TrainingError) {
    seconds = step.seconds
    let row = StepRow(
      epoch: (step.step - 1) / stepsPerEpoch + 1, step: step.step, loss: step.loss, learningRate: step.learningRate,
      imagesPerSecond: step.imagesPerSecond, seconds: earlierSeconds + seconds)
    try append(.step(row))
    progress.state = .training
    progress.epoch = row.epoch
    progress.step = row.step
    // A batch whose images are all skipped has no loss.
    if row.loss.isFinite { progress.loss = progress.loss.map { 0.9 * $0 + 0.1 * row.loss } ?? row.loss }
    progress.imagesPerSecond = row.imagesPerSecond
    progress.secondsLeft = step.secondsLeft(steps: progress.steps)
    try publishProgressIfDue()
  }

  private func validating(_ batch: Int) throws(TrainingError) {
    progress.validated = batch
    if progress.state == .validating { try publishProgressIfDue() } else { try change(to: .validating) }
  }

  private func record(_ epoch: EpochReport) throws(TrainingError) {
    try append(
      .epoch(
        EpochRow(
          epoch: epoch.epoch, step: epoch.step, trainLoss: epoch.training.meanLoss,
          trainAccuracy: epoch.training.accuracy, validationLoss: epoch.validation?.meanLoss,
          validationAccuracy: epoch.validation?.accuracy, validationFigures: epoch.figures, skipped: epoch.skipped,
          learningRate: epoch.learningRate, imagesPerSecond: epoch.imagesPerSecond, seconds: earlierSeconds + seconds)))
    try writingFile { () throws(FileError) in
      try publish(LossCurve(rows, title: title).svg(), to: "\(directory)/loss.svg", .atomic)
    }
  }

  private func record(_ test: TestReport) throws(TrainingError) {
    try append(
      .test(
        TestRow(
          epoch: test.epoch, step: test.step, figures: test.evaluation.figures, skipped: test.evaluation.skipped.count,
          seconds: earlierSeconds + seconds)))
  }

  private func append(_ row: MetricRow) throws(TrainingError) {
    rows.append(row)
    try writing { () throws(MetricsError) in try log?.append(row) }
  }

  private func change(to state: Progress.State) throws(TrainingError) {
    progress.state = state
    try publishProgress()
  }

  private func publishProgressIfDue() throws(TrainingError) {
    if lastPublished.map({ .now - $0 >= .seconds(1) }) ?? true { try publishProgress() }
  }

  private func publishProgress() throws(TrainingError) {
    lastPublished = .now
    try writingFile { () throws(FileError) in try progress.publish(to: "\(directory)/progress.json") }
  }

  /// One image a line, in the order of their names; tabs and newlines cannot be in either column.
  private func writeSkipped() throws(TrainingError) {
    let lines = skipped.sorted { $0.key < $1.key }.map { "\(oneCell($0.key))\t\(oneCell($0.value))\n" }
    try writingFile { () throws(FileError) in
      try publish("path\treason\n" + lines.joined(), to: "\(directory)/skipped.tsv", .atomic)
    }
  }

  private func oneCell(_ text: String) -> String {
    String(text.map { $0.isNewline || $0 == "\t" ? " " : $0 })
  }

  private func writing(_ body: () throws(MetricsError) -> Void) throws(TrainingError) {
    do { try body() } catch { throw .metrics(error) }
  }

  private func writingFile(_ body: () throws(FileError) -> Void) throws(TrainingError) {
    do { try body() } catch { throw .file(error) }
  }
}

extension MetricRow {
  var seconds: Double {
    switch self {
    case .step(let row): row.seconds
    case .epoch(let row): row.seconds
    case .test(let row): row.seconds
    }
  }
}
