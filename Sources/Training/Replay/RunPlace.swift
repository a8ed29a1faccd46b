/// Where a run stands at a moment at which it could be saved. Places are ordered as a run comes by them.
public struct RunPlace: Sendable, Hashable, Comparable {
  public enum Stage: Sendable, Hashable, Comparable {
    /// Within an epoch, or at the start.
    case training
    /// After an epoch's last step; so many batches of the validation are done.
    case validating(batches: Int)
    /// The epoch is validated and reported.
    case epochDone
    /// The trained network has been tested.
    case tested
  }

  /// How often the run had gone back because it had diverged.
  public let divergences: Int
  /// Optimizer steps taken.
  public let step: Int
  public let stage: Stage

  public static func < (a: RunPlace, b: RunPlace) -> Bool {
    (a.divergences, a.step, a.stage) < (b.divergences, b.step, b.stage)
  }
}

extension RunPlace: CustomStringConvertible {
  public var description: String {
    var words = step == 0 ? "the start" : "step \(step)"
    if case .validating = stage { words += ", within its validation" }
    if divergences > 0 {
      words += divergences == 1 ? ", after a divergence" : ", after \(divergences) divergences"
    }
    return words
  }
}

extension RunState {
  /// Two states of a run at the same place have to be equal.
  public var place: RunPlace {
    RunPlace(divergences: divergences ?? 0, step: step, stage: stage)
  }

  private var stage: RunPlace.Stage {
    if let validation { return .validating(batches: validation.batch) }
    if skippedTest != nil { return .tested }
    return isBetweenEpochs && step > 0 ? .epochDone : .training
  }
}
