import Charts
import Datasets
import DurableFiles
import Figures
import RunFiles
import Training

/// What there is to say about a network's answers.
struct EvaluationReport {
  let judgement: EvaluationJudgement
  let classes: [String]
  let step: Int
  let set: EvaluatedImages
  let intervals: [Figure: Interval]
  let thresholds: ThresholdReport
  let mistakes: Mistakes
  /// Where the decision was saved, if it was.
  let saved: String?

  init(
    _ judgement: EvaluationJudgement, _ evaluator: Evaluator, _ set: EvaluatedImages, mistakes: Int, saved: String?
  ) {
    self.judgement = judgement
    classes = evaluator.classes
    step = evaluator.network.step
    self.set = set
    self.saved = saved
    intervals = Self.intervals(judgement.evaluation)
    thresholds = ThresholdReport(judgement.evaluation, classes: evaluator.classes)
    self.mistakes = Mistakes(judgement.evaluation, classes: evaluator.classes, shown: mistakes)
  }

  /// Of shares of images by Wilson, of the other figures by drawing samples.
  private static func intervals(_ evaluation: Evaluation) -> [Figure: Interval] {
    var intervals = evaluation.sampledIntervals()
    let confusion = evaluation.figures.confusion
    let right = confusion.indices.reduce(0) { $0 + confusion[$1][$1] }
    intervals[.accuracy] = Interval(share: right, of: evaluation.answers.count)
    if let counts = BinaryCounts(confusion: confusion) {
      intervals[.precision] = Interval(share: counts.truePositives, of: counts.answers)
      intervals[.recall] = Interval(share: counts.truePositives, of: counts.positives)
    }
    return intervals
  }

  var figures: ClassificationFigures { judgement.evaluation.figures }
  var skipped: Int { judgement.evaluation.skipped.count }
  var images: Int { figures.counts.reduce(0, +) }
  var part: String {
    switch set.part {
    case nil: "all"
    case .training: "training"
    case .some(let part): part.rawValue
    }
  }

  /// Of a class without an image there is nothing to find, and nothing to say how well it was found.
  subscript(_ figure: Figure) -> Double? {
    let isOfClass1 = classes.count == 2 && [.precision, .recall, .f1].contains(figure)
    return isOfClass1 && figures.counts[1] == 0 ? nil : figures[figure]
  }

  /// Of a figure that is defined.
  func interval(of figure: Figure) -> Interval? { self[figure] == nil ? nil : intervals[figure] }
}

/// For people.
extension EvaluationReport {
  var text: String {
    let left = skipped > 0 ? ", \(skipped.grouped) skipped" : ""
    let head = ["\(images.grouped) images (\(part)\(left)), checkpoint of step \(step)"] + leftOut + decided
    return
      ([head.joined(separator: "\n"), values, confusion, thresholds.text, mistakes.text].compactMap { $0 } + keeping)
      .joined(separator: "\n\n")
  }

  /// A line for what the figures do not cover, or cover though one might think otherwise.
  private var leftOut: [String] {
    var lines: [String] = []
    if !set.images.trained.isEmpty {
      lines.append(
        "left out: \(set.images.trained.count.grouped) images that the run was trained on (--include-trained)")
    } else if let trained = set.images.trainedOn, trained > 0, set.part != .training {
      lines.append("among them \(trained.grouped) images that the run was trained on")
    }
    if !set.images.unknown.isEmpty {
      let classes = set.images.unknown.map { "'\(printable($0.name))' (\($0.images.count.grouped) images)" }
      lines.append("left out: classes that the network does not know: \(classes.joined(separator: ", "))")
    }
    return lines
  }

  /// What made answers of the outputs, if that is not the greatest probability.
  private var decided: [String] {
    var lines: [String] = []
    let rule = judgement.evaluation.rule
    if let decision = judgement.decision {
      let threshold = judgement.choice == nil ? decision.threshold : nil
      let parts = [
        threshold.map { "threshold \($0)" + (decision.aim.map { " (\(printable($0)))" } ?? "") },
        decision.temperature.map { "temperature \(fixed($0, 4))" },
      ].compactMap { $0 }
      if !parts.isEmpty {
        lines.append(
          "by the checkpoint's decision.json: \(parts.joined(separator: ", ")), of \(decision.images.grouped) "
            + "\(printable(decision.part)) images")
      }
    }
    if let calibration = judgement.calibration {
      lines.append("temperature \(fixed(calibration.temperature, 4)), fitted on these images:")
      lines.append("  loss \(change(calibration, \.loss)), calibrationError \(change(calibration, \.calibrationError))")
    }
    if let choice = judgement.choice, let threshold = rule.threshold {
      let why =
        choice == .given(threshold) ? "as given" : "chosen on these images for \(choice.words), which flatters it"
      lines.append("threshold \(threshold) of '\(printable(classes[1]))', \(why)")
    }
    return lines
  }

  private func change(
    _ calibration: EvaluationJudgement.Calibration,
    _ measure: KeyPath<EvaluationJudgement.Calibration.Measures, Double?>
  ) -> String {
    [calibration.before, calibration.after].map { $0[keyPath: measure].map { fixed($0, 4) } ?? "undefined" }
      .joined(separator: " -> ")
  }

  private var values: String {
    var table = Table([.left("figure"), .right("value"), .left("95% interval"), .left("what it says")])
    for figure in Figure.allCases {
      let interval = interval(of: figure).map { "\(fixed($0.lower, 4))..\(fixed($0.upper, 4))" }
      table.append([
        figure.rawValue, self[figure].map { fixed($0, 4) } ?? "undefined", interval ?? "",
        figure.meaning(classes: classes.count),
      ])
    }
    let names =
      classes.count == 2 ? "class 0 is '\(printable(classes[0]))', class 1 is '\(printable(classes[1]))'\n" : ""
    return "\(table.text)\n\(names)intervals: Wilson's of shares of images, else of 2,000 drawn samples (docs/0029)"
  }

  private static let mostColumns = 12

  private var confusion: String {
    guard classes.count <= Self.mostColumns else { return "--json has the confusion of the \(classes.count) classes" }
    var table = Table([.left("is"), .right("images")] + classes.map { .right("taken for \($0)") })
    for (label, row) in figures.confusion.enumerated() {
      table.append([classes[label], figures.counts[label].grouped] + row.map(\.grouped))
    }
    return table.text
  }

  private var keeping: [String] {
    saved.map { ["saved in \($0): evaluate and predict go by it from now on"] } ?? []
  }
}

extension Figure {
  /// In a few words, for whoever sees it for the first time.
  func meaning(classes: Int) -> String {
    let isBinary = classes == 2
    return switch self {
    case .loss: "cost of an image; less is better"
    case .accuracy: "share of images told right"
    case .balancedAccuracy: "accuracy, each class counting alike"
    case .precision: isBinary ? "true share of what is taken for 1" : "as macroPrecision"
    case .recall: isBinary ? "share of class 1 that is found" : "as macroRecall"
    case .f1: isBinary ? "precision and recall in one" : "as macroF1"
    case .macroPrecision: "mean of the classes' precisions"
    case .macroRecall: "mean of the classes' recalls"
    case .macroF1: "mean of the classes' f1"
    case .rocAuc: isBinary ? "pairs with class 1 ranked above 0" : "pairs with the class ranked first"
    case .prAuc: "mean precision over all recalls"
    case .calibrationError: "gap of confidence and accuracy"
    }
  }
}
