import Checkpoints
import DurableFiles
import Networks

/// What a run will write, from what it is told: an upper bound, so that a disk that is too small is found before the
/// first step and not in the middle of the run.
public struct SpaceNeed: Sendable, Equatable {
  /// Of one checkpoint: every parameter, and each of the optimizer's memories of it, is four bytes.
  public var checkpointBytes: Int
  /// At one time: those that are kept, the best one, and the one that is being written.
  public var checkpoints: Int
  /// What is still to come of metrics.jsonl.
  public var metricsBytes: Int

  /// - Parameters:
  ///   - scalars: parameters of the network.
  ///   - memories: tensors that the optimizer keeps for each parameter.
  ///   - steps: that are still to come; evaluations are the validations and the test among that.
  ///   - classes: of the figures' confusion.
  ///   - outputs: of the network for all validation images, which a checkpoint within a validation keeps as text.
  public init(
    scalars: Int, memories: Int, keep: Int, steps: Int, evaluations: Int, classes: Int = 2, outputs: Int = 0
  ) {
    checkpointBytes = 4 * scalars * (1 + memories) + 6 * outputs + Self.headerBytes
    checkpoints = keep + 2
    metricsBytes = Self.rowBytes * steps + Self.figuresRowBytes(classes: classes) * evaluations
  }

  /// More than the names of layers and classes, and settings, take.
  private static let headerBytes = 64 << 10
  /// More than a row of figures takes; it holds the confusion of up to sixteen classes.
  private static func figuresRowBytes(classes: Int) -> Int { 1200 + 8 * min(classes, 16) * min(classes, 16) }
  /// More than a row of metrics takes.
  private static let rowBytes = 256

  /// - Parameter existing: checkpoints that are there already.
  public func bytes(existing: Int) -> Int {
    max(1, checkpoints - existing) * checkpointBytes + metricsBytes
  }
}

extension TrainingRun {
  /// - Parameter saved: what the run goes on from.
  /// - Throws: `.space` if the run's file system has less free than the run will still take, `.noSuchSpace` if it never can.
  static func requireSpace(
    for job: TrainingJob, _ plan: NetworkPlan, _ data: TrainingData, in store: CheckpointStore, after saved: RunState?
  ) throws(TrainingError) {
    let need = SpaceNeed(
      scalars: plan.parameterScalars, memories: job.training.optimizer.memories.count, keep: job.checkpoints.keep,
      steps: max(0, data.batchesPerEpoch * job.epochs - (saved?.step ?? 0)),
      evaluations: max(0, job.epochs - (saved?.epochs ?? 0)) + 1,
      classes: data.classes.count, outputs: plan.output.count * data.validationCount)
    let existing: Int
    do { existing = try store.steps().count } catch { throw .checkpoint(error) }
    let needed = need.bytes(existing: existing)
    let (free, total): (Int, Int)
    do { (free, total) = (try freeSpace(at: store.run), try totalSpace(at: store.run)) } catch { throw .file(error) }
    if total < needed { throw .noSuchSpace(path: store.run, needed: needed, total: total) }
    if free < needed { throw .space(path: store.run, needed: needed, free: free) }
  }
}
