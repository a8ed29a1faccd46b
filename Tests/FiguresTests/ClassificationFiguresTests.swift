import Figures
import Foundation
import RunFiles
import Testing

@Suite struct ClassificationFiguresTests {
  struct Case: Decodable {
    let probabilities: [[Double]]
    let labels: [Int]
    let figures: [String: Double?]
    let confusion: [[Int]]
  }

  private func cases() throws -> [Case] {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures/figures/figures.json")
    return try JSONDecoder().decode([Case].self, from: Data(contentsOf: file))
  }

  /// Sums of some sixty terms in double precision.
  @Test func agreesWithScikitLearn() throws {
    for (number, expected) in try cases().enumerated() {
      let figures = ClassificationFigures(loss: 0.5, probabilities: expected.probabilities, labels: expected.labels)
      #expect(figures.confusion == expected.confusion && figures[.loss] == 0.5)
      #expect(expected.figures.count == Figure.allCases.count - 1)
      for (name, truth) in expected.figures {
        let value = figures[try #require(Figure(rawValue: name))]
        if let truth, let value {
          #expect(abs(value - truth) < 1e-13, "case \(number): \(name)")
        } else {
          #expect(value == nil && truth == nil, "case \(number): \(name)")
        }
      }
    }
  }

  /// Macro figures are means over the classes that occur or are answered: here two of three.
  @Test func aClassThatDoesNotOccurIsNoZero() throws {
    let figures = ClassificationFigures(
      loss: 0, probabilities: [[0.8, 0.1, 0.1], [0.2, 0.7, 0.1], [0.3, 0.6, 0.1]], labels: [0, 0, 1])
    let (precision, recall, f1) = ((1 + 0.5) / 2, (0.5 + 1) / 2, 2.0 / 3)
    for (figure, truth) in [
      (Figure.macroPrecision, precision), (.macroRecall, recall), (.macroF1, f1), (.precision, precision),
      (.recall, recall), (.f1, f1), (.balancedAccuracy, recall),
    ] {
      #expect(abs(try #require(figures[figure]) - truth) < 1e-15, "\(figure)")
    }
  }

  /// A bin of the calibration error holds its upper edge: 9/15 is in the bin of 0.59, and not in that of 0.61.
  @Test func anEdgeBelongsToTheBinBelow() throws {
    func check(_ first: Double, _ second: Double, is truth: Double) throws {
      let figures = ClassificationFigures(
        loss: 0, probabilities: [[first, 1 - first], [second, 1 - second]], labels: [0, 1])
      let error: Double = try #require(figures[.calibrationError])
      #expect(abs(error - truth) < 1e-12)
    }
    // Right at 0.6 and wrong beside it: in one bin the two make up for each other.
    try check(0.6, 0.61, is: 0.505)
    try check(0.6, 0.59, is: 0.095)
    try check(0.8, 0.81, is: 0.505)
  }

  @Test func theOrderOfTheImagesDoesNotRank() throws {
    let sample = try cases()[1]
    let figures = ClassificationFigures(loss: 0, probabilities: sample.probabilities, labels: sample.labels)
    let reversed = ClassificationFigures(
      loss: 0, probabilities: sample.probabilities.reversed(), labels: sample.labels.reversed())
    #expect(figures[.rocAuc] == reversed[.rocAuc] && figures[.prAuc] == reversed[.prAuc])
  }

  @Test func whatIsNotANumberHasNoFigures() {
    let figures = ClassificationFigures(loss: .nan, probabilities: [[.nan, .nan], [0.25, 0.75]], labels: [0, 1])
    #expect(figures[.rocAuc] == nil && figures[.prAuc] == nil && figures[.calibrationError] == nil)
    #expect(figures[.accuracy] == 1)
    #expect(!Figure.loss.isBetter(.nan, than: nil) && !Figure.loss.isBetter(.nan, than: 1))
  }

  @Test func nothingHasNoFigures() {
    let figures = ClassificationFigures(loss: .nan, probabilities: [], labels: [])
    #expect(figures.values.keys.map(\.self) == [.loss] && figures.counts == [0, 0])
  }

  @Test func betterIsLessOfALossAndMoreOfTheOthers() {
    #expect(Figure.loss.isBetter(0.4, than: 0.5) && !Figure.loss.isBetter(0.4, than: 0.5, by: 0.2))
    #expect(Figure.f1.isBetter(0.5, than: 0.4) && !Figure.f1.isBetter(0.5, than: 0.5))
    #expect(Figure.rocAuc.isBetter(0, than: nil))
  }

  @Test func rowsReadBack() throws {
    for sample in try cases() {
      let figures = ClassificationFigures(loss: 0.5, probabilities: sample.probabilities, labels: sample.labels)
      let test = MetricRow.test(TestRow(epoch: 2, step: 9, figures: figures, skipped: 1, seconds: 3))
      let epoch = MetricRow.epoch(
        EpochRow(
          epoch: 2, step: 9, trainLoss: 1, validationLoss: 0.5, validationAccuracy: figures[.accuracy],
          validationFigures: figures, learningRate: 1, imagesPerSecond: 1, seconds: 3))
      for row in [test, epoch] {
        #expect(try JSONDecoder().decode(MetricRow.self, from: Data(row.json.utf8)) == row)
      }
    }
  }

  /// Names that other programs rely on.
  @Test func aTestIsThisLine() {
    let figures = ClassificationFigures(loss: 0.5, probabilities: [[0.25, 0.75], [1, 0]], labels: [1, 0])
    #expect(
      MetricRow.test(TestRow(epoch: 2, step: 9, figures: figures, skipped: 1, seconds: 3)).json
        == #"{"kind":"test","epoch":2,"step":9,"loss":0.5,"accuracy":1.0,"balancedAccuracy":1.0,"precision":1.0,"#
        + #""recall":1.0,"f1":1.0,"macroPrecision":1.0,"macroRecall":1.0,"macroF1":1.0,"rocAuc":1.0,"prAuc":1.0,"#
        + #""calibrationError":0.125,"confusion":[[1,0],[0,1]],"skipped":1,"seconds":3.0}"#)
  }
}
