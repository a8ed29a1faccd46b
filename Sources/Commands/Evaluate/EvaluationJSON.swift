import Figures
import RunFiles

/// A report for programs: one member for each figure, null where it is not defined, and all that stands beside them.
extension EvaluationReport: Encodable {
  private struct LeftOut: Encodable {
    struct Class: Encodable {
      let name: String
      let images: Int
    }
    /// Images that the run was trained on.
    let trained: Int
    /// Classes that the network does not know.
    let classes: [Class]
  }

  private struct Bounds: Encodable {
    let lower: Double
    let upper: Double
  }

  /// How outputs became answers.
  private struct Rule: Encodable {
    /// `decision.json`, `chosen` or `given`; null for the greatest probability.
    let source: OrNull<String>
    let threshold: OrNull<Double>
    let temperature: OrNull<Double>
    let aim: OrNull<String>
    /// Of the images that it was chosen on.
    let part: OrNull<String>
  }

  private struct Calibration: Encodable {
    struct Measures: Encodable {
      let loss: OrNull<Double>
      let calibrationError: OrNull<Double>

      init(_ measures: EvaluationJudgement.Calibration.Measures) {
        loss = OrNull(finite: measures.loss)
        calibrationError = OrNull(finite: measures.calibrationError)
      }
    }
    let temperature: Double
    let before: Measures
    let after: Measures
  }

  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  func encode(to encoder: any Encoder) throws {
    var members = encoder.container(keyedBy: Name.self)
    func add(_ name: String, _ value: some Encodable) throws {
      try members.encode(value, forKey: Name(stringValue: name))
    }
    try add("part", part)
    try add("step", step)
    try add("images", images)
    try add("skipped", skipped)
    for figure in Figure.allCases { try add(figure.rawValue, OrNull(finite: self[figure])) }
    try add("intervals", bounds)
    try add("classes", classes)
    try add("trainedOn", OrNull(set.images.trainedOn))
    try add(
      "leftOut",
      LeftOut(
        trained: set.images.trained.count,
        classes: set.images.unknown.map { .init(name: $0.name, images: $0.images.count) }))
    try add("counts", figures.counts)
    try add("confusion", figures.confusion)
    try add("decision", rule)
    try add("calibration", OrNull(calibration))
    try add("thresholds", thresholds)
    try add("mistakes", mistakes.count)
    try add("worstMistakes", mistakes.worst)
    try add("saved", OrNull(saved))
  }

  /// Null for a figure without one.
  private var bounds: [String: OrNull<Bounds>] {
    let pairs = Figure.allCases.map { figure in
      (figure.rawValue, OrNull(interval(of: figure).map { Bounds(lower: $0.lower, upper: $0.upper) }))
    }
    return Dictionary(pairs) { first, _ in first }
  }

  private var rule: Rule {
    let rule = judgement.evaluation.rule
    let source: String? =
      switch judgement.choice {
      case .given: "given"
      case .best: "chosen"
      case nil:
        judgement.calibration != nil ? "chosen" : judgement.decision.map { _ in CheckpointFile.decision.rawValue }
      }
    let isSaved = source == CheckpointFile.decision.rawValue
    return Rule(
      source: OrNull(source), threshold: OrNull(rule.threshold),
      temperature: OrNull(rule.temperature == 1 ? nil : rule.temperature),
      aim: OrNull(judgement.choice?.words ?? (isSaved ? judgement.decision?.aim : nil)),
      part: OrNull(isSaved ? judgement.decision?.part : source == nil ? nil : part))
  }

  private var calibration: Calibration? {
    judgement.calibration.map {
      Calibration(temperature: $0.temperature, before: .init($0.before), after: .init($0.after))
    }
  }
}
