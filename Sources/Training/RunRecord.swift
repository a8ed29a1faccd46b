import Charts
public import Datasets
import DurableFiles
public import RunFiles
public import Workers

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
  private let heartbeat: Heartbeat
  private let cache: ImageCache?
  private var file: ProgressFile?
  /// What the run was at when it began to save.
  private var stateBeforeSaving = Progress.State.training
  public private(set) var progress = Progress(state: .preparing, epoch: 1, epochs: 0, step: 0, steps: 0)

  /// - Parameters:
  ///   - directory: the run's folder, which exists.
  ///   - title: printed over the curve.
  ///   - heartbeat: the job's.
  ///   - cache: the job's; its size is part of the progress.
  public init(in directory: String, title: String, heartbeat: Heartbeat = Heartbeat(), cache: ImageCache? = nil) {
    self.directory = directory
    self.title = title
    self.heartbeat = heartbeat
    self.cache = cache
  }

  /// Takes note of an event.
  /// - Throws: `.metrics` or `.file` when a file cannot be written.
  public func record(_ event: TrainingEvent) throws(TrainingError) {
    switch event {
    case .loaded, .damaged: break
    case .preparing(let images, let total):
      if total > 0 { (progress.prepared, progress.toPrepare) = (images, total) }
      try publishProgressIfDue()
    case .started(let epochs, let stepsPerEpoch, let resumed, _):
      try start(epochs: epochs, stepsPerEpoch: stepsPerEpoch, resumed: resumed)
    case .wentBack(_, _, let place, _):
      try start(epochs: progress.epochs, stepsPerEpoch: stepsPerEpoch, resumed: place)
    case .stepped(let step): try record(step)
    case .validating(let batch): try evaluating(.validating, batch)
    case .testing(let batch): try evaluating(.testing, batch)
    case .tested(let test): try record(test)
    case .finishedEpoch(let epoch): try record(epoch)
    case .saving:
      stateBeforeSaving = progress.state
      progress.state = .saving
      try publishProgressIfDue()
      try writing { () throws(MetricsError) in try log?.synchronize() }
    case .saved:
      progress.state = stateBeforeSaving
      try publishProgressIfDue()
    case .skipped(let image):
      guard skipped.updateValue(image.reason, forKey: image.name) == nil else { return }
      try writeSkipped()
    }
  }

  /// Writes the last word about the run.
  public func end(_ state: Progress.State) throws(TrainingError) {
    progress.state = state
    try writingFile { () throws(FileError) in
      let file = try progressFile()
      try file.end(progress)
    }
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
    // What was said while preparing counts no more.
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

  private func evaluating(_ state: Progress.State, _ batch: Int) throws(TrainingError) {
    progress.validated = batch
    if progress.state == state { try publishProgressIfDue() } else { try change(to: state) }
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
    try writingFile { () throws(FileError) in
      let file = try progressFile()
      try file.say(progress, atOnce: false)
    }
  }

  private func publishProgress() throws(TrainingError) {
    try writingFile { () throws(FileError) in
      let file = try progressFile()
      try file.say(progress, atOnce: true)
    }
  }

  private func progressFile() throws(FileError) -> ProgressFile {
    progress.cacheBytes = cache?.bytes
    if let file { return file }
    let made = try ProgressFile("\(directory)/progress.json", progress, heartbeat: heartbeat)
    file = made
    return made
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
