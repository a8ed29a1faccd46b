public import Datasets
import DurableFiles
public import RunFiles
public import Workers

/// What a run leaves beside its checkpoints: metrics.jsonl, what the sinks make of its rows, skipped.tsv, progress.json.
///
/// It turns events into files and decides nothing. What it does for an event, and what it keeps in memory, does not grow with
/// the length of the run.
public final class RunRecord {
  private let directory: String
  private var log: MetricsLog?
  private var sinks: [any MetricSink]
  private var skipped: SkippedList
  /// Trained by earlier attempts, and by this one.
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
  ///   - machine: where it is trained, in words for people.
  public init(
    in directory: String, title: String, heartbeat: Heartbeat = Heartbeat(), cache: ImageCache? = nil,
    machine: String? = nil
  ) {
    self.directory = directory
    sinks = metricSinks.map { $0.init(in: directory, title: title) }
    skipped = SkippedList(in: directory)
    self.heartbeat = heartbeat
    self.cache = cache
    progress.machine = machine
    progress.version = kilnVersion
  }

  /// Takes note of an event.
  /// - Throws: `.metrics` or `.file` when a file cannot be written.
  public func record(_ event: TrainingEvent) throws(TrainingError) {
    switch event {
    case .loaded, .noticed, .damaged: break
    case .surveyed(let account):
      // Synced: a run that goes on from a checkpoint does not look at all images again.
      try writingFile { () throws(FileError) in try publish(account.table, to: RunFolder(directory)[.data]) }
    case .preparing(let images, let total):
      if total > 0 { (progress.prepared, progress.toPrepare) = (images, total) }
      try publishProgressIfDue()
    case .started(let epochs, let stepsPerEpoch, let resumed, _):
      try start(epochs: epochs, stepsPerEpoch: stepsPerEpoch, at: resumed ?? .start)
      earlierSeconds = log?.seconds ?? 0
      try writingFile { () throws(FileError) in try skipped.flush() }
    case .wentBack(_, _, let place, _):
      // The clock of this attempt goes on, so that what was trained in vain counts, and counts once.
      try start(epochs: progress.epochs, stepsPerEpoch: stepsPerEpoch, at: place)
    case .stepped(let step): try record(step)
    case .validating(let batch): try evaluating(.validating, batch)
    case .testing(let batch): try evaluating(.testing, batch)
    case .tested(let test): try record(test)
    case .finishedEpoch(let epoch): try record(epoch)
    case .saving:
      stateBeforeSaving = progress.state
      progress.state = .saving
      try publishProgressIfDue()
      try synchronize()
    case .saved:
      progress.state = stateBeforeSaving
      try publishProgressIfDue()
    case .skipped(let image, let part):
      try writingFile { () throws(FileError) in try skipped.append(image, of: part) }
    }
  }

  /// Writes the last word about a run that failed. The images for which it failed are entered too: no batch has named
  /// the last of them, and a survey none.
  public func fail(_ error: TrainingError) throws(TrainingError) {
    if case .data(let trouble) = error {
      for image in trouble.skipped {
        guard let part = image.part else { continue }
        try writingFile { () throws(FileError) in try skipped.append(image, of: part) }
      }
    }
    try end(.failed)
  }

  /// Writes the last word about the run.
  public func end(_ state: Progress.State) throws(TrainingError) {
    progress.state = state
    try writingFile { () throws(FileError) in
      let file = try progressFile()
      try file.end(progress)
      try skipped.flush()
    }
    try writing { () throws(MetricsError) in
      try log?.synchronize()
      for sink in sinks.indices { try sinks[sink].end() }
    }
  }

  private func synchronize() throws(TrainingError) {
    try writing { () throws(MetricsError) in
      try log?.synchronize()
      for sink in sinks.indices { try sinks[sink].synchronize() }
    }
  }

  private func start(epochs: Int, stepsPerEpoch: Int, at place: ResumePoint) throws(TrainingError) {
    self.stepsPerEpoch = stepsPerEpoch
    let path = RunFolder(directory)[.metrics]
    try writing { () throws(MetricsError) in
      log = try MetricsLog(path, resumingAfter: place)
      for sink in sinks.indices { try sinks[sink].resume(at: place, after: MetricsLog.Rows(path)) }
    }
    let step = place.step
    // What was said while preparing counts no more.
    let (machine, version) = (progress.machine, progress.version)
    progress = Progress(
      state: .training, epoch: min(step / stepsPerEpoch + 1, epochs), epochs: epochs, step: step,
      steps: epochs * stepsPerEpoch)
    (progress.machine, progress.version) = (machine, version)
    try publishProgress()
  }

  private func record(_ step: StepReport) throws(TrainingError) {
    seconds = step.seconds
    let row = StepRow(step, stepsPerEpoch: stepsPerEpoch, seconds: earlierSeconds + seconds)
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
    try append(.epoch(EpochRow(epoch, seconds: earlierSeconds + seconds)))
  }

  private func record(_ test: TestReport) throws(TrainingError) {
    try append(.test(TestRow(test, seconds: earlierSeconds + seconds)))
  }

  private func append(_ row: MetricRow) throws(TrainingError) {
    try writing { () throws(MetricsError) in
      try log?.append(row)
      for sink in sinks.indices { try sinks[sink].append(row) }
    }
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
    let made = try ProgressFile(RunFolder(directory)[.progress], progress, heartbeat: heartbeat)
    file = made
    return made
  }

  private func writing(_ body: () throws(MetricsError) -> Void) throws(TrainingError) {
    do { try body() } catch { throw .metrics(error) }
  }

  private func writingFile(_ body: () throws(FileError) -> Void) throws(TrainingError) {
    do { try body() } catch { throw .file(error) }
  }
}
