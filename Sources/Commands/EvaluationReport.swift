import Charts
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

/// One member for each figure, null where it is not defined.
extension EvaluationReport: Encodable {
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
    try add("part", name)
    try add("step", step)
    try add("images", images)
    try add("skipped", skipped)
    for figure in Figure.allCases { try add(figure.rawValue, OrNull(finite: figures[figure])) }
    try add("classes", classes)
    try add("counts", figures.counts)
    try add("confusion", figures.confusion)
  }
}
