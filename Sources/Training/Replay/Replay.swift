import DurableFiles
public import RunFiles

/// Trains a run again, in a folder of its own, and compares what comes out with what the run has left: each checkpoint bit
/// by bit, and each row of metrics.jsonl.
///
/// The same job gives the same bytes at any number of threads and after any interruption, so that every difference has a
/// cause: another job, other images, another arithmetic, a fault of the memory or the disk, or somebody's hand. One training
/// without a break comes by all checkpoints. From each checkpoint that it has otherwise, another one begins, to see whether
/// the next follows from it: then the run really went on from what is there, and if not, it was changed afterwards.
public struct Replay {
  private let job: TrainingJob
  private let start: KeptCheckpoint?
  private let targets: [KeptCheckpoint]
  private let checkpoints: [KeptCheckpoint]
  private let rows: [MetricRow]

  /// - Parameters:
  ///   - job: the run's; its seed and its name are those of the checkpoints.
  ///   - checkpoints: of the run. They may be in any order.
  ///   - rows: of metrics.jsonl.
  ///   - from: the step of the checkpoint to begin with; nil for the job's start.
  ///   - to: the step of the last checkpoint to be compared; nil for the newest.
  /// - Throws: `.checkpointMismatch` if there is no such checkpoint, or none that can be compared.
  public init(
    of job: TrainingJob, _ checkpoints: [KeptCheckpoint], rows: [MetricRow], from: Int? = nil,
    to: Int? = nil
  ) throws(TrainingError) {
    let sorted = checkpoints.sorted { $0.place < $1.place }
    func find(_ step: Int) throws(TrainingError) -> KeptCheckpoint {
      guard let found = sorted.last(where: { $0.step == step }) else {
        throw .checkpointMismatch(
          "there is no checkpoint of step \(step); those of \(sorted.map { "\($0.step)" }.joined(separator: ", ")) are")
      }
      return found
    }
    start = try from.map { (step) throws(TrainingError) in step == 0 ? nil : try find(step) } ?? nil
    if let damage = start?.damage { throw .checkpoint(damage) }
    let last = try to.map { (step) throws(TrainingError) in try find(step) } ?? sorted.last
    let first = start
    targets = sorted.filter { candidate in
      (first.map { candidate.place > $0.place } ?? true) && last.map { candidate.place <= $0.place } ?? true
    }
    guard let newest = targets.last else {
      throw .checkpointMismatch(
        "no checkpoint of the run comes after \(first.map { "step \($0.step)" } ?? "its start")")
    }
    var job = job
    if let seed = newest.metadata["seed"].flatMap({ UInt64($0) }) { job.training.seed = seed }
    if let name = newest.metadata["job"] { job.name = name }
    job.reading = try RunIdentity.reading(of: job, in: newest.metadata)
    self.job = job
    self.checkpoints = sorted
    self.rows = rows
  }

  /// Goes through all of it.
  ///
  /// - Parameters:
  ///   - scratch: a folder that exists and is empty, with space for a few checkpoints; the caller's to remove.
  ///   - shouldStop: asked after every batch.
  /// - Returns: nil if it was to stop.
  /// - Throws: what has nothing to do with the run: a disk that fails, a lack of memory.
  public func findings(
    in scratch: String, _ report: @escaping (ReplayProgress) -> Void = { _ in }, shouldStop: () -> Bool = { false }
  ) throws(TrainingError) -> ReplayFindings? {
    let kept = KeptRows(rows)
    let chain = try stretch(from: start, past: targets, kept, in: "\(scratch)/chain", report, shouldStop)
    if case .interrupted = chain.end { return nil }
    var found = ReplayFindings(start: start?.place, chain, targets)
    // Of another job no checkpoint follows.
    if case .failed(let error) = chain.end, error.needsDecision { return found }
    for (earlier, later) in zip(targets, targets.dropFirst()) where found.isDoubtful(earlier.place) {
      guard earlier.damage == nil else { continue }
      let folder = "\(scratch)/step-\(earlier.step)"
      let link = try stretch(from: earlier, past: [later], kept, in: folder, report, shouldStop)
      do { try removeTree(folder) } catch { throw .file(error) }
      if case .interrupted = link.end { return nil }
      found.add(link, from: earlier.place, to: later.place)
    }
    return found
  }

  private func stretch(
    from start: KeptCheckpoint?, past targets: [KeptCheckpoint], _ kept: KeptRows, in folder: String,
    _ report: @escaping (ReplayProgress) -> Void, _ shouldStop: () -> Bool
  ) throws(TrainingError) -> ReplayStretch {
    // Where a divergence would go back to.
    let best = start?.state.best.flatMap { best in checkpoints.last { $0.step == best.step } }
    return try ReplayStretch(
      job, from: start, best: best, past: targets, kept, in: folder, report, shouldStop: shouldStop)
  }
}
