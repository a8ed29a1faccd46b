import Charts
import Datasets
import DurableFiles
import Figures
import Training

/// What there is to say about a network's answers.
struct EvaluationReport {
  private let figures: ClassificationFigures
  private let skipped: Int
  private let classes: [String]
  private let step: Int
  private let set: EvaluationImages
  private let part: Part?

  /// - Parameter part: nil for all images.
  init(_ evaluation: Evaluation, _ evaluator: Evaluator, _ set: EvaluationImages, part: Part?) {
    figures = evaluation.figures
    skipped = evaluation.skipped.count
    classes = evaluator.classes
    step = evaluator.step
    self.set = set
    self.part = part
  }

  private var name: String {
    switch part {
    case nil: "all"
    case .training: "training"
    case .some(let part): part.rawValue
    }
  }
  private var images: Int { figures.counts.reduce(0, +) }

  /// Of a class without an image there is nothing to find, and nothing to say how well it was found.
  private subscript(_ figure: Figure) -> Double? {
    let isOfClass1 = classes.count == 2 && [.precision, .recall, .f1].contains(figure)
    return isOfClass1 && figures.counts[1] == 0 ? nil : figures[figure]
  }

  var text: String {
    var values = Table([.left("figure"), .right("value")])
    for figure in Figure.allCases {
      values.append([figure.rawValue, self[figure].map { fixed($0, 4) } ?? "undefined"])
    }
    let left = skipped > 0 ? ", \(skipped.grouped) skipped" : ""
    let head = ["\(images.grouped) images (\(name)\(left)), checkpoint of step \(step)"] + leftOut
    return "\(head.joined(separator: "\n"))\n\n\(values.text)\n\n\(confusion)"
  }

  /// A line for what the figures do not cover, or cover though one might think otherwise.
  private var leftOut: [String] {
    var lines: [String] = []
    if !set.trained.isEmpty {
      lines.append("left out: \(set.trained.count.grouped) images that the run was trained on (--include-trained)")
    } else if let trained = set.trainedOn, trained > 0, part != .training {
      lines.append("among them \(trained.grouped) images that the run was trained on")
    }
    if !set.unknown.isEmpty {
      let classes = set.unknown.map { "'\(printable($0.name))' (\($0.images.count.grouped) images)" }
      lines.append("left out: classes that the network does not know: \(classes.joined(separator: ", "))")
    }
    return lines
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
    for figure in Figure.allCases { try add(figure.rawValue, OrNull(finite: self[figure])) }
    try add("classes", classes)
    try add("trainedOn", OrNull(set.trainedOn))
    try add(
      "leftOut",
      LeftOut(
        trained: set.trained.count, classes: set.unknown.map { .init(name: $0.name, images: $0.images.count) }))
    try add("counts", figures.counts)
    try add("confusion", figures.confusion)
  }
}
