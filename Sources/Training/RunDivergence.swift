import Checkpoints
import Kernels
import RunFiles

/// Going on after a divergence.
///
/// A run goes back to its best checkpoint, or to its start: to a place that does not depend on when it was saved or
/// interrupted, so that the same job still gives the same bytes. (The newest checkpoint may have been made by the clock.)
extension TrainingRun {
  var mayGoBack: Bool { (state.divergences ?? 0) < job.training.onDivergence.retries }

  /// What all rates are multiplied by.
  var reduction: Double { Elementary.power(job.training.onDivergence.reduceRate, state.divergences ?? 0) }

  /// Goes back and saves that, before anything else happens. A crash on the way leaves the run before its divergence,
  /// which then comes again.
  mutating func goBack(after divergence: Divergence, at step: Int) throws(TrainingError) {
    let divergences = (state.divergences ?? 0) + 1
    if let best = try bestCheckpoint() {
      try restore(best)
    } else {
      try startAfresh()
    }
    state.divergences = divergences
    try onlooker?(self, nil)
    try save()
    do { try store.forget(after: state.step) } catch { throw .checkpoint(error) }
    try report(
      .wentBack(divergence, from: step, to: ResumePoint(step: state.step, epochs: state.epochs), reduction: reduction))
  }

  /// Nil if none is marked, or if it is damaged.
  private func bestCheckpoint() throws(TrainingError) -> SavedRun? {
    let checkpoint: Checkpoint?
    do { checkpoint = try store.best() } catch {
      guard error.isDamage else { throw .checkpoint(error) }
      return nil
    }
    return try checkpoint.map { (checkpoint) throws(TrainingError) in try SavedRun(checkpoint) }
  }
}
