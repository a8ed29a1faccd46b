public import Datasets
import RunFiles

/// What a replay has found out about a run.
public struct ReplayFindings: Sendable {
  /// What is known of one checkpoint.
  public struct Step: Sendable {
    public let place: RunPlace
    /// Its folder.
    public let path: String
    /// The checkpoint before it, or where the replay began; nil for the job's start.
    public let before: RunPlace?
    /// What the replay from the start has otherwise; nil if it never came by.
    public fileprivate(set) var fromStart: ReplayDifference?
    /// What a training from the checkpoint before it has otherwise; nil if none could be done.
    public fileprivate(set) var fromBefore: ReplayDifference?
    /// The first row of metrics.jsonl that the training from the checkpoint before it gave otherwise.
    public fileprivate(set) var row: RowDifference?
    /// The images of that row's batch, if it is a step's.
    public fileprivate(set) var images: [String] = []

    /// It is what the job gives from the replay's start on.
    public var reproduces: Bool { fromStart?.isEmpty == true }
    /// It is what comes of the checkpoint before it.
    public var follows: Bool { fromBefore?.isEmpty == true }
  }

  /// Nil for the job's start.
  public let start: RunPlace?
  /// In the order in which a run comes by them.
  public private(set) var steps: [Step]
  /// Rows of metrics.jsonl that the replay from the start gave otherwise, and how many were compared.
  public let rows: [RowDifference]
  public let comparedRows: Int
  /// The images of the batch of the first of them, if that is a step's.
  public let images: [String]
  /// What was found out about the images; nil if the replay began with a checkpoint.
  public let account: DataAccount?
  /// Why the replay ended before the last checkpoint; nil if it did not.
  public let obstacle: String?

  public var reproduces: Bool { steps.allSatisfy(\.reproduces) && rows.isEmpty && obstacle == nil }

  init(start: RunPlace?, _ chain: ReplayStretch, _ targets: [KeptCheckpoint]) {
    self.start = start
    rows = chain.rows
    comparedRows = chain.comparedRows
    images = chain.images
    account = chain.account
    obstacle = chain.end.obstacle
    var before = start
    var isSame = true
    steps = []
    for target in targets {
      var step = Step(place: target.place, path: target.path, before: before)
      step.fromStart = chain.differences[target.place]
      // As long as nothing differs, the replay from the start is one from the checkpoint before.
      if isSame {
        step.fromBefore = step.fromStart
        let first = start?.step ?? 0
        step.row = chain.rows.first { (before?.step ?? first) < $0.step && $0.step <= target.step }
        if step.row == chain.rows.first { step.images = chain.images }
      }
      isSame = step.reproduces
      before = target.place
      steps.append(step)
    }
  }

  /// Whether a checkpoint is not the replay's, so that what comes after it has to be tried from it.
  func isDoubtful(_ place: RunPlace) -> Bool { steps.first { $0.place == place }?.reproduces == false }

  /// Takes note of a training from a doubtful checkpoint to the next.
  mutating func add(_ link: ReplayStretch, from earlier: RunPlace, to later: RunPlace) {
    guard let index = steps.firstIndex(where: { $0.place == later }) else { return }
    steps[index].fromBefore = link.differences[later]
    steps[index].row = link.rows.first
    steps[index].images = link.images
  }
}

extension ReplayStretch.End {
  fileprivate var obstacle: String? {
    switch self {
    case .reached: nil
    case .over(let place): "the job was trained to its end at \(place), before it came by the last checkpoint"
    case .failed(.checkpointMismatch(let difference)): "the job is not the run's: \(difference)"
    case .failed(.otherArithmetic(let layer)):
      "an earlier Kiln trained it, and computed `\(layer)` in another way: no later version gives its bytes"
    case .failed(let error): "\(error)"
    case .interrupted: "it was interrupted"
    }
  }
}
