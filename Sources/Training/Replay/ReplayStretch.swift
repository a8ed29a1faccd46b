import Checkpoints
import Datasets
import DurableFiles
import RunFiles

/// How far a replay is.
public enum ReplayProgress: Sendable {
  /// Images decoded before the first step.
  case preparing(images: Int, of: Int)
  /// - Parameters:
  ///   - step: trained last.
  ///   - range: what this stretch goes through.
  ///   - secondsLeft: of this stretch, at the present speed.
  case training(step: Int, of: ClosedRange<Int>, secondsLeft: Int?)
}

/// One training without a break, in a folder of its own, past checkpoints that a run has left.
struct ReplayStretch {
  enum End {
    /// It came to the last of the checkpoints.
    case reached
    /// The run was over before.
    case over(RunPlace)
    /// It could not go on, for a reason that lies in the job, the images or the checkpoint.
    case failed(TrainingError)
    case interrupted
  }

  /// What the replay has otherwise than the checkpoints that it came by; an empty difference for nothing.
  fileprivate(set) var differences: [RunPlace: ReplayDifference] = [:]
  fileprivate(set) var rows: [RowDifference] = []
  /// How many rows of metrics.jsonl were compared.
  fileprivate(set) var comparedRows = 0
  /// The images of the batch of the first row that differs, if that is a step's.
  fileprivate(set) var images: [String] = []
  /// What was found out about the images before the first step.
  fileprivate(set) var account: DataAccount?
  fileprivate(set) var end = End.reached

  /// - Parameters:
  ///   - start: nil for the job's start.
  ///   - best: the start's best checkpoint, if it is there.
  ///   - targets: at least one; none is damaged beyond reading.
  ///   - kept: rows of metrics.jsonl.
  ///   - folder: is made, and is the caller's to remove.
  /// - Throws: what has nothing to do with the run: a disk, memory.
  init(
    _ job: TrainingJob, from start: KeptCheckpoint?, best: KeptCheckpoint?, past targets: [KeptCheckpoint],
    _ kept: KeptRows, in folder: String, _ report: @escaping (ReplayProgress) -> Void, shouldStop: () -> Bool
  ) throws(TrainingError) {
    let course = ReplayCourse(from: start, targets, report)
    do throws(TrainingError) {
      if let layer = try RunIdentity.changedLayer(since: targets[0].metadata, in: job.plan()) {
        throw .otherArithmetic(layer: layer)
      }
      try course.copy([best, start].compactMap { $0 }, to: folder)
      var run = try TrainingRun(Self.quiet(job), in: folder, report: course.note)
      try Self.require(targets[0], in: run)
      run.onlooker = course.look
      let outcome = try run.run { course.isOver || shouldStop() }
      if !course.isOver { end = outcome.isFinished ? .over(run.state.place) : .interrupted }
      rows = kept.differences(course.rows)
      if case .step(let row)? = rows.first?.replayed { images = run.data.images(ofStep: row.step).map(\.name) }
    } catch {
      guard error.isOfTheRun else { throw error }
      end = .failed(error)
      rows = kept.differences(course.rows)
    }
    comparedRows = course.rows.count
    (differences, account) = (course.differences, course.account)
  }

  private static func require(_ target: KeptCheckpoint, in run: TrainingRun) throws(TrainingError) {
    let extensions = target.state.extensions ?? 0
    guard extensions <= run.job.extensions.count else {
      throw .checkpointMismatch(
        "step \(target.step) was extended \(extensions) times, and extensions.json does not say so")
    }
    let own = run.identity(afterExtensions: extensions)
    if let difference = try RunIdentity(in: target.metadata).difference(from: own) {
      throw .checkpointMismatch(difference)
    }
  }

  /// Saves no more than it must: when an epoch is the best so far, which a divergence goes back to.
  private static func quiet(_ job: TrainingJob) -> TrainingJob {
    var job = job
    job.checkpoints = CheckpointDeclaration(every: .epochs(.max), everySeconds: 0, keep: 1)
    return job
  }
}

extension TrainingError {
  /// It lies in the job, its images or the checkpoint, and would come again anywhere.
  fileprivate var isOfTheRun: Bool {
    if case .noSuchSpace = self { false } else { isPermanent || needsDecision }
  }
}

/// What a stretch has come by so far.
private final class ReplayCourse {
  private(set) var differences: [RunPlace: ReplayDifference] = [:]
  private(set) var rows: [MetricRow] = []
  private(set) var account: DataAccount?
  /// All checkpoints were met, or the place of the last is behind.
  private(set) var isOver = false
  private var wanted: [RunPlace: KeptCheckpoint]
  private let last: RunPlace
  private let firstStep: Int
  private var stepsPerEpoch = 1
  private let report: (ReplayProgress) -> Void

  init(from start: KeptCheckpoint?, _ targets: [KeptCheckpoint], _ report: @escaping (ReplayProgress) -> Void) {
    wanted = Dictionary(targets.map { ($0.place, $0) }, uniquingKeysWith: { first, _ in first })
    last = targets.map(\.place).max() ?? RunState().place
    firstStep = start?.step ?? 0
    self.report = report
  }

  /// Puts checkpoints where the stretch goes on from the newest of them.
  func copy(_ checkpoints: [KeptCheckpoint], to folder: String) throws(TrainingError) {
    let store = CheckpointStore(run: folder)
    do {
      for checkpoint in checkpoints where checkpoint.damage == nil && checkpoint.step <= firstStep {
        try createDirectories(store.path(of: checkpoint.step))
        for file in [CheckpointFile.model, .training] {
          let bytes = try readFile("\(checkpoint.path)/\(file.rawValue)", limit: 1 << 32)
          try publish(bytes, to: store.file(file, of: checkpoint.step), .atomic)
        }
      }
    } catch { throw .file(error) }
  }

  func note(_ event: TrainingEvent) throws(TrainingError) {
    switch event {
    case .preparing(let images, let total): if total > 0 { report(.preparing(images: images, of: total)) }
    case .surveyed(let account): self.account = account
    case .started(_, let stepsPerEpoch, _, _): self.stepsPerEpoch = stepsPerEpoch
    case .stepped(let step):
      rows.append(.step(StepRow(step, stepsPerEpoch: stepsPerEpoch, seconds: 0)))
      let most = max(last.step, step.step)
      report(.training(step: step.step, of: firstStep...most, secondsLeft: step.secondsLeft(steps: most)))
    case .finishedEpoch(let epoch): rows.append(.epoch(EpochRow(epoch, seconds: 0)))
    case .tested(let test): rows.append(.test(TestRow(test, seconds: 0)))
    case .wentBack(_, _, let place, _): rows.removeAll { !$0.isUp(to: place) }
    default: break
    }
  }

  func look(at run: TrainingRun, _ validation: Tally?) throws(TrainingError) {
    let place = run.state.place
    if let kept = wanted.removeValue(forKey: place) {
      differences[place] = try ReplayDifference(kept, RunContent(of: run, validation))
    }
    isOver = isOver || wanted.isEmpty || place >= last
  }
}
