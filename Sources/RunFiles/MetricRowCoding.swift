import Figures

extension MetricRow {
  /// The row as a line of JSON, without the newline. Equal rows give equal bytes.
  public var json: String {
    switch self {
    case .step(let row): row.json
    case .epoch(let row): row.json
    case .test(let row): row.json
    }
  }
}

extension StepRow {
  fileprivate var json: String {
    var json = FlatJSON()
    json.add("kind", word: "step")
    json.add("epoch", epoch)
    json.add("step", step)
    json.add("loss", loss)
    json.add("learningRate", learningRate)
    json.add("imagesPerSecond", imagesPerSecond)
    json.add("seconds", seconds)
    return json.text
  }
}

extension EpochRow {
  fileprivate var json: String {
    var json = FlatJSON()
    json.add("kind", word: "epoch")
    json.add("epoch", epoch)
    json.add("step", step)
    json.add("trainLoss", trainLoss)
    json.add("trainAccuracy", trainAccuracy)
    json.add("validationLoss", validationLoss)
    json.add("validationAccuracy", validationAccuracy)
    if let validationFigures { json.add(validationFigures, prefix: "validation", without: [.loss, .accuracy]) }
    json.add("skipped", skipped)
    json.add("learningRate", learningRate)
    json.add("imagesPerSecond", imagesPerSecond)
    json.add("seconds", seconds)
    if let pipeline { for (key, part) in PipelineSeconds.keys { json.add(key, pipeline[keyPath: part]) } }
    return json.text
  }
}

extension TestRow {
  fileprivate var json: String {
    var json = FlatJSON()
    json.add("kind", word: "test")
    json.add("epoch", epoch)
    json.add("step", step)
    json.add(figures)
    json.add("skipped", skipped)
    json.add("seconds", seconds)
    return json.text
  }
}

extension MetricRow: Decodable {
  private enum Kind: String, Decodable { case step, epoch, test }

  public init(from decoder: any Decoder) throws {
    let row = try decoder.container(keyedBy: Key.self)
    switch try row.decode(Kind.self, forKey: Key(stringValue: "kind")) {
    case .step:
      self = .step(
        StepRow(
          epoch: try row.integer("epoch"), step: try row.integer("step"), loss: try row.number("loss"),
          learningRate: try row.number("learningRate"), imagesPerSecond: try row.number("imagesPerSecond"),
          seconds: try row.number("seconds")))
    case .epoch:
      self = .epoch(
        EpochRow(
          epoch: try row.integer("epoch"), step: try row.integer("step"), trainLoss: try row.number("trainLoss"),
          trainAccuracy: try row.optionalNumber("trainAccuracy"),
          validationLoss: try row.optionalNumber("validationLoss"),
          validationAccuracy: try row.optionalNumber("validationAccuracy"),
          validationFigures: try row.figures(prefix: "validation"), skipped: try row.integer("skipped"),
          learningRate: try row.number("learningRate"), imagesPerSecond: try row.number("imagesPerSecond"),
          seconds: try row.number("seconds"), pipeline: try PipelineSeconds { try row.optionalNumber($0) }))
    case .test:
      let none = ClassificationFigures(values: [:], confusion: [])
      self = .test(
        TestRow(
          epoch: try row.integer("epoch"), step: try row.integer("step"), figures: try row.figures() ?? none,
          skipped: try row.integer("skipped"), seconds: try row.number("seconds")))
    }
  }
}
