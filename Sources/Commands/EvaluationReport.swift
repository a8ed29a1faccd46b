import Charts
import Configuration
import Datasets
import Figures
import Training

/// What there is to say about a network's answers.
struct EvaluationReport {
  private let figures: ClassificationFigures
  private let skipped: Int
  private let classes: [String]
  private let step: Int
  private let part: Part

  init(_ evaluation: Evaluation, _ evaluator: Evaluator, part: Part) {
    figures = evaluation.figures
    skipped = evaluation.skipped.count
    classes = evaluator.classes
    step = evaluator.step
    self.part = part
  }

  private var name: String { part == .training ? "training" : part.rawValue }
  private var images: Int { figures.counts.reduce(0, +) }

  /// One member for each figure, null where it is not defined.
  var json: JSON {
    func number(_ value: Int) -> JSON { .literal("\(value)") }
    let head: [(key: String, value: JSON)] = [
      ("part", .string(name)), ("step", number(step)), ("images", number(images)),
      ("skipped", number(skipped)),
    ]
    let values = Figure.allCases.map { figure in
      let value = figures[figure].flatMap { $0.isFinite ? $0 : nil }
      return (key: figure.rawValue, value: value.map { JSON.literal("\($0)") } ?? .literal("null"))
    }
    let rows: [(key: String, value: JSON)] = [
      ("classes", .array(classes.map(JSON.string))), ("counts", .array(figures.counts.map(number))),
      ("confusion", .array(figures.confusion.map { .array($0.map(number)) })),
    ]
    return .object(head + values + rows)
  }

  var text: String {
    var values = Table([.left("figure"), .right("value")])
    for figure in Figure.allCases {
      values.append([figure.rawValue, figures[figure].map { fixed($0, 4) } ?? "undefined"])
    }
    let left = skipped > 0 ? ", \(skipped.grouped) skipped" : ""
    return
      "\(images.grouped) images (\(name)\(left)), checkpoint of step \(step)\n\n\(values.text)\n\n\(confusion)"
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
}
