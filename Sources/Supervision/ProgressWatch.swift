package import RunFiles

/// Whether a trainer moves on. A value: the caller reads `progress.json` and a clock that nobody sets.
///
/// A trainer counts the work that it does, in whatever state it is, and reports the count as its beat. As long as the
/// beat changes, the trainer is at work. A trainer of an earlier version has no beat: then a change of its state,
/// epoch, step or validated batches counts as work.
package struct ProgressWatch: Sendable {
  /// Seconds without progress after which the trainer counts as hung.
  private let patience: Double
  private var mark: Mark?
  private var since: Double

  private enum Mark: Sendable, Equatable {
    case beat(Int)
    case place(Progress.State, epoch: Int, step: Int, validated: Int)

    init(_ progress: Progress) {
      self =
        if let beat = progress.beat {
          .beat(beat)
        } else {
          .place(progress.state, epoch: progress.epoch, step: progress.step, validated: progress.validated)
        }
    }
  }

  package init(patience: Double, now: Double) {
    self.patience = patience
    since = now
  }

  /// Notes what the trainer says now; nil if it has said nothing yet.
  package mutating func saw(_ progress: Progress?, now: Double) {
    guard let progress else { return }
    let seen = Mark(progress)
    if seen != mark { (mark, since) = (seen, now) }
  }

  package func isStalled(now: Double) -> Bool { now >= since + patience }

  /// When the trainer counts as hung if no work is reported until then.
  package var deadline: Double { since + patience }
}
