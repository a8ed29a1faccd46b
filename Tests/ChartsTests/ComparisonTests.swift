import Charts
import Foundation
import FoundationXML
import RunFiles
import Testing

/// Runs side by side, in characters and as a drawing.
@Suite struct ComparisonTests {
  private func rows(_ losses: [Double?], accuracy: Double? = 0.5) -> [MetricRow] {
    losses.enumerated().map { index, loss in
      .epoch(
        EpochRow(
          epoch: index + 1, step: 10 * (index + 1), trainLoss: 1, trainAccuracy: 0.5, validationLoss: loss,
          validationAccuracy: accuracy, learningRate: 0.1, imagesPerSecond: 9, seconds: 1))
    }
  }

  private func chart(_ runs: [[Double?]]) -> [Substring] {
    let curves = runs.enumerated().map { RunCurve(name: "\($0)", metric: .validationLoss, rows: rows($1)) }
    return TerminalChart(curves, metric: .validationLoss, width: 20, height: 5).text().split(separator: "\n")
  }

  @Test func marksLieWhereTheValuesAre() {
    let lines = chart([[1, 0.5, 0], [0, 0.5, 1]])
    #expect(lines.count == 7 && lines[0].hasPrefix("1.0 ┤●"))
    #expect(lines[0].hasSuffix("▲") && lines[4].hasSuffix("●"))
    #expect(lines[4].contains("▲") && lines[2].contains("●"))
    #expect(lines[6].hasSuffix("3  epoch"))
  }

  @Test func whatExplodesDoesNotPressTheOthersFlat() {
    let lines = chart([[0.7, 0.5, 0.4, 0.3], [0.7, 0.6, 0.5, 0.4], [0.7, 1e20, .nan, .infinity]])
    #expect(lines[0].contains("■"))
    #expect(!lines[0].contains("e+"))
  }

  @Test func withoutEpochsItSaysSo() {
    #expect(chart([[], [nil]]) == ["no epoch has ended yet"])
    let drawing = ComparisonChart(
      title: "t", runs: [("a", []), ("b", rows([nil], accuracy: nil))], metrics: [.validationLoss])
    #expect(drawing.svg().contains("no epoch has ended yet"))
  }

  @Test func theDrawingIsWellFormedAndNamesEveryRun() throws {
    let runs = [("one <1>", rows([0.7, 0.5])), ("two", rows([0.9, 1e25, 0.8])), ("three", rows([nil]))]
    let svg = ComparisonChart(title: "A & B", runs: runs, metrics: [.validationLoss, .validationAccuracy]).svg()
    let parser = XMLParser(data: Data(svg.utf8))
    #expect(parser.parse())
    for name in ["one &lt;1&gt;", "two", "three (no values)", "A &amp; B", "Validation loss", "Validation accuracy, %"]
    {
      #expect(svg.contains(">\(name)<"), "\(name)")
    }
    #expect(svg == ComparisonChart(title: "A & B", runs: runs, metrics: [.validationLoss, .validationAccuracy]).svg())
  }

  @Test func theBestOfARun() {
    #expect(ComparedMetric.validationLoss.best(of: rows([0.7, 0.4, .nan, 0.6])) == 0.4)
    #expect(ComparedMetric.validationAccuracy.best(of: rows([1, 1], accuracy: 0.75)) == 0.75)
    #expect(ComparedMetric.validationLoss.best(of: rows([nil])) == nil)
  }
}
