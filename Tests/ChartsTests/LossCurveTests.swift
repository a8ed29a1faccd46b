import Charts
import Foundation
import FoundationXML
import RunFiles
import Testing

@Suite struct LossCurveTests {
  private func step(_ step: Int, loss: Double) -> MetricRow {
    .step(
      StepRow(epoch: 1, step: step, loss: loss, learningRate: 0.1, imagesPerSecond: 9, seconds: 1))
  }

  private func epoch(_ epoch: Int, validation: Double?, accuracy: Double? = nil) -> MetricRow {
    .epoch(
      EpochRow(
        epoch: epoch, step: epoch * 10, trainLoss: 0.5, trainAccuracy: accuracy, validationLoss: validation,
        validationAccuracy: accuracy, learningRate: 0.1, imagesPerSecond: 9, seconds: 1))
  }

  /// Four epochs of ten steps whose loss falls from 1 as 1 / (1 + n / 10).
  private func run(validation: [Double?] = [0.9, 0.6, 0.55, 0.7]) -> [MetricRow] {
    validation.enumerated().flatMap { index, loss -> [MetricRow] in
      let steps = (index * 10 + 1)...(index * 10 + 10)
      let rows = steps.map { step($0, loss: 10 / Double(10 + $0)) }
      return rows + [epoch(index + 1, validation: loss, accuracy: 0.6 + 0.05 * Double(index))]
    }
  }

  /// What an independent parser of XML finds in the drawing.
  private func parsed(_ svg: String) throws -> Elements {
    let elements = Elements()
    let parser = XMLParser(data: Data(svg.utf8))
    parser.delegate = elements
    #expect(parser.parse(), "\(String(describing: parser.parserError))")
    return elements
  }

  final class Elements: NSObject, XMLParserDelegate {
    var counts: [String: Int] = [:]
    var texts: [String] = []
    var attributes: [String] = []
    private var isOpen = false

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
      attributes values: [String: String]
    ) {
      counts[name, default: 0] += 1
      attributes += values.values
      texts.append("")
      isOpen = true
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
      if isOpen { texts[texts.count - 1] += text }
    }

    func parser(
      _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
    ) {
      isOpen = false
    }
  }

  @Test func namesTheBestEpochAndItsFigures() throws {
    let elements = try parsed(LossCurve(run(), title: "solar-cells").svg())
    #expect(elements.texts.contains("solar-cells"))
    #expect(elements.texts.contains("best epoch 3 of 4: validation loss 0.550, accuracy 70.0 %"))
    #expect(elements.texts.filter { $0.hasPrefix("best epoch") }.count == 2)
    for text in ["Loss", "Accuracy, %", "epoch", "each step", "training, smoothed", "validation"] {
      #expect(elements.texts.contains(text))
    }
    // Four dots and the filled one, in two panels, and one in the legend.
    #expect(elements.counts["circle"] == 2 * (4 + 1) + 1)
  }

  @Test func ofEqualEpochsTheFirstIsBest() throws {
    let elements = try parsed(LossCurve(run(validation: [0.9, 0.5, 0.5, .nan])).svg())
    #expect(elements.texts.contains { $0.hasPrefix("best epoch 2 of 4") })
  }

  @Test func axesHaveRoundTicks() throws {
    let texts = try parsed(LossCurve(run()).svg()).texts
    for tick in ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0", "60", "65", "70", "75"] {
      #expect(texts.contains(tick), "\(tick)")
    }
    for epoch in ["0", "1", "2", "3", "4"] { #expect(texts.contains(epoch)) }
    #expect(!texts.contains("0.5"))
  }

  @Test func beforeTheFirstEpochEndsStepsAreCounted() throws {
    let texts = try parsed(LossCurve((1...40).map { step($0, loss: 0.7) }).svg()).texts
    #expect(texts.contains("step"))
    #expect(texts.contains("40"))
    #expect(!texts.contains("Accuracy, %"))
    #expect(!texts.contains("best epoch"))
  }

  @Test func textIsEscaped() throws {
    let title = "<script>&\"'\u{1}\n]]>"
    let svg = LossCurve(run(), title: title).svg()
    #expect(!svg.contains("<script"))
    #expect(try parsed(svg).texts.contains("<script>&\"'\u{FFFD} ]]>"))
  }

  @Test func anOutlierDoesNotFlattenTheRest() throws {
    var rows = run()
    rows.insert(step(0, loss: 5000), at: 0)
    let texts = try parsed(LossCurve(rows).svg()).texts
    #expect(texts.contains("0.5"))
    #expect(!texts.contains { $0.hasSuffix("000") })
  }

  @Test(arguments: [
    [], [0.5], [0, 0, 0], [0.693, 0.693], [.nan], [.nan, 0.5, .infinity], [1e300, 1e-300], [-3, -1], [1e29, 1e29],
    [.leastNonzeroMagnitude, 0], [1, 1 + 1e-15], [1e12, 3e12], [1e-9, 3e-9],
  ]) func anyNumbersGiveADrawing(losses: [Double]) throws {
    let steps = losses.enumerated().map { step($0.offset + 1, loss: $0.element) }
    let epochs = losses.enumerated().map { epoch($0.offset + 1, validation: $0.element, accuracy: $0.element) }
    for rows in [steps, epochs, steps + epochs] {
      let elements = try parsed(LossCurve(rows).svg())
      #expect(!elements.attributes.contains { $0.contains("nan") || $0.contains("inf") })
      #expect(elements.texts.allSatisfy { $0.count < 80 })
    }
  }

  @Test func aLongRunStaysASmallDrawing() throws {
    let rows = (1...100_000).map { step($0, loss: 0.5 + 0.4 * Double($0 * 7919 % 1000) / 1000) }
    let svg = LossCurve(rows).svg()
    #expect(svg.utf8.count < 60_000)
    _ = try parsed(svg)
  }
}
