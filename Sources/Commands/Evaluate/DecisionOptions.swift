import ArgumentParser
import Figures

/// What `kiln evaluate` is to choose, and whether the choice is kept.
struct DecisionOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Judge by this threshold: class 1 from this probability on.", valueName: "p"))
  var threshold: Double?
  @Option(
    help: ArgumentHelp("Choose the threshold with the best precision among those with this recall.", valueName: "share")
  )
  var recall: Double?
  @Option(
    help: ArgumentHelp("Choose the threshold with the best recall among those with this precision.", valueName: "share")
  )
  var precision: Double?
  @Flag(name: .customLong("f1"), help: "Choose the threshold with the best F1.") var bestF1 = false
  @Flag(help: "Fit the temperature that makes the probabilities say how often the network is right.") var calibrate =
    false
  @Flag(help: "Keep what was chosen beside the checkpoint, as decision.json: evaluate and predict go by it.")
  var saveThreshold = false
  @Flag(name: .customLong("no-decision"), help: "Leave the checkpoint's decision.json out of account.")
  var withoutDecision = false

  /// How a threshold is come by.
  enum Choice: Equatable {
    case given(Double)
    case best(ThresholdCurve.Aim)

    /// For a `Decision`.
    var words: String {
      switch self {
      case .given: "given"
      case .best(.recall(let wanted)): "recall \(wanted)"
      case .best(.precision(let wanted)): "precision \(wanted)"
      case .best(.f1): "f1"
      }
    }
  }

  var choice: Choice? {
    if let threshold { return .given(threshold) }
    if let recall { return .best(.recall(recall)) }
    if let precision { return .best(.precision(precision)) }
    return bestF1 ? .best(.f1) : nil
  }

  /// What is chosen anew begins with the network's own outputs.
  var usesDecision: Bool { !withoutDecision && !saveThreshold && !calibrate }

  /// A choice that is fitted, or kept, is one of the validation: the test would no longer be one.
  var choosesOnValidation: Bool { saveThreshold || calibrate }

  mutating func validate() throws {
    if let threshold, !(0...1).contains(threshold) {
      throw ValidationError("--threshold is a probability, from 0 to 1")
    }
    for (name, share) in [("recall", recall), ("precision", precision)] {
      if let share, !(share > 0 && share <= 1) { throw ValidationError("--\(name) is a share above 0, up to 1") }
    }
    let count = [threshold != nil, recall != nil, precision != nil, bestF1].filter { $0 }.count
    if count > 1 { throw ValidationError("one of --threshold, --recall, --precision and --f1 chooses the threshold") }
    if saveThreshold, count == 0, !calibrate {
      throw ValidationError(
        "--save-threshold keeps what --recall, --precision, --f1, --threshold or --calibrate choose")
    }
  }

  /// Judges the options beside the command's own.
  func check(part: Evaluate.Parts?, images: String?, symmetries: Bool) throws {
    guard choosesOnValidation else { return }
    let option = saveThreshold ? "--save-threshold" : "--calibrate"
    if symmetries {
      throw ValidationError("\(option) goes without --symmetries: a decision is one about images that are shown once")
    }
    if let part, part != .validation {
      throw ValidationError(
        "\(option) chooses on the validation images, never on others: what was chosen on the test is flattered by it, and "
          + "what was learnt from tells nothing; leave --part out")
    }
    if part == nil, images != nil {
      throw ValidationError(
        "\(option) chooses on validation images: with --images say --part validation, and never name the test")
    }
  }
}
