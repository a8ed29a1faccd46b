package import RunFiles

/// Whether a trainer moves on. A value: the caller reads `progress.json` and a clock that nobody sets.
///
/// A step is progress, and so is a batch of the validation and the change from one kind of work to the next: decoding, training, validating.
package struct ProgressWatch: Sendable {
  /// Seconds without progress after which the trainer counts as hung.
  private let patience: Double
  private var mark: Mark?
  private var since: Double

  private struct Mark: Sendable, Equatable {
    let state: Progress.State
    let epoch: Int
    let step: Int
    let validated: Int
  }

  package init(patience: Double, now: Double) {
    self.patience = patience
    since = now
  }

  /// Notes what the trainer says now; nil if it has said nothing yet.
  package mutating func saw(_ progress: Progress?, now: Double) {
    guard let progress else { return }
    let seen = Mark(state: progress.state, epoch: progress.epoch, step: progress.step, validated: progress.validated)
    if seen != mark { (mark, since) = (seen, now) }
  }

  package func isStalled(now: Double) -> Bool { now >= since + patience }

  /// When it counts as hung if nothing happens until then.
  package var deadline: Double { since + patience }
}
