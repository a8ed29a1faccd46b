import Charts
import DurableFiles
import Figures
import RunFiles
import Training

/// The network's outputs made into answers: by the checkpoint's decision, or by what was chosen on these images.
struct EvaluationJudgement {
  let evaluation: Evaluation
  /// The decision beside the checkpoint, if the answers are by it.
  let decision: Decision?
  let choice: DecisionOptions.Choice?
  let calibration: Calibration?

  /// What a temperature does.
  struct Calibration: Equatable {
    let temperature: Double
    let before: Measures
    let after: Measures

    struct Measures: Equatable {
      let loss: Double?
      let calibrationError: Double?

      init(_ evaluation: Evaluation) {
        (loss, calibrationError) = (evaluation.figures[.loss], evaluation.figures[.calibrationError])
      }
    }
  }

  /// - Throws: if what is asked for cannot be chosen, with the reason.
  init(_ raw: Evaluation, _ network: TrainedNetwork, _ options: DecisionOptions) throws {
    decision = network.decision
    choice = options.choice
    var rule = DecisionRule(network.loss, decision)
    calibration = options.calibrate ? try Self.calibration(raw, network, &rule) : nil
    if let choice = options.choice { rule.threshold = try Self.threshold(choice, raw.judged(by: rule), network) }
    evaluation = raw.judged(by: rule)
  }

  private static func calibration(
    _ raw: Evaluation, _ network: TrainedNetwork, _ rule: inout DecisionRule
  ) throws -> Calibration {
    switch raw.temperature() {
    case .temperature(let temperature):
      rule.temperature = temperature
      let (before, after) = (raw.judged(by: DecisionRule(network.loss)), raw.judged(by: rule))
      return Calibration(temperature: temperature, before: .init(before), after: .init(after))
    case nil:
      throw refusal(
        "\(type(of: network.loss).keyword) makes outputs that are the probabilities themselves, and no logits to divide; "
          + "train with `loss: binaryCrossEntropy` or `softmaxCrossEntropy`")
    case .neverSharpEnough:
      throw refusal(
        "the right class has the greatest output for all images, so that no confidence is too much; take more")
    case .neverSoftEnough:
      throw refusal(
        "the outputs tell the classes apart no better than chance does, so that no confidence is too little")
    case .undefined: throw refusal("an output of the network is no finite number; --predictions names the images")
    }
  }

  private static func refusal(_ reason: String) -> CommandFailure {
    CommandFailure("these images have no temperature: \(reason)", .badData)
  }

  private static func threshold(
    _ choice: DecisionOptions.Choice, _ evaluation: Evaluation, _ network: TrainedNetwork
  ) throws(CommandFailure) -> Double {
    guard network.classes.count == 2 else {
      throw CommandFailure(
        "a threshold tells two classes apart, and this network knows \(network.classes.count)", .badData)
    }
    guard case .best(let aim) = choice else {
      if case .given(let threshold) = choice { return threshold }
      return 0.5
    }
    guard let curve = evaluation.thresholds else {
      throw CommandFailure(
        "no threshold can be chosen: an output of the network is no number; --predictions names the images", .badData)
    }
    if let best = curve.best(for: aim) { return best.threshold }
    let counts = evaluation.figures.counts
    if let missing = counts.indices.first(where: { counts[$0] == 0 }) {
      throw CommandFailure(
        "no threshold can be chosen: none of these images is of class \(missing), and a threshold divides two classes",
        .badData)
    }
    let reached = curve.points.compactMap(\.counts.precision).max() ?? 0
    throw CommandFailure(
      "no threshold has the \(choice.words) on these images: the best precision is \(fixed(reached, 4))", .badData)
  }
}
