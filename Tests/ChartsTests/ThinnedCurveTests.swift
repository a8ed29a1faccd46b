import Charts
import RunFiles
import Testing

/// What is left of a run's rows for a drawing.
@Suite struct ThinnedCurveTests {
  private func step(_ number: Int, loss: Double) -> MetricRow {
    .step(StepRow(epoch: number, step: number, loss: loss, learningRate: 1, imagesPerSecond: 1, seconds: 1))
  }

  private func epoch(_ number: Int, loss: Double) -> MetricRow {
    .epoch(
      EpochRow(
        epoch: number, step: number, trainLoss: 1, validationLoss: loss, learningRate: 1, imagesPerSecond: 1, seconds: 1
      ))
  }

  @Test func fewRowsStayAsTheyAre() {
    var curve = ThinnedCurve()
    let steps = (1...2000).map { step($0, loss: Double($0 % 7)) }
    let epochs = (1...1000).map { epoch($0, loss: Double($0 % 5)) }
    for (number, row) in steps.enumerated() {
      curve.append(row)
      if number % 2 == 1 { curve.append(epochs[number / 2]) }
    }
    #expect(curve.rows == steps + epochs)
  }

  /// However long the run is: the least, the greatest and the last are there, and what is between them is spread evenly.
  @Test(arguments: [4095, 4096, 5000, 100_000, 123_457]) func manyRowsBecomeSomeThousand(count: Int) throws {
    var curve = ThinnedCurve()
    for number in 1...count {
      let loss = number == count / 3 ? -1 : number == count / 2 ? 99 : Double(number * 7919 % 1000) / 100
      curve.append(step(number, loss: number % 1000 == 999 ? .nan : loss))
      curve.append(epoch(number, loss: loss))
    }
    let rows = curve.rows
    #expect(rows.count <= 4096 + 2048 + 6)
    var (steps, epochs) = ([StepRow](), [EpochRow]())
    for row in rows {
      if case .step(let row) = row { steps.append(row) }
      if case .epoch(let row) = row { epochs.append(row) }
    }
    #expect(steps.contains { $0.loss == -1 } && steps.contains { $0.loss == 99 })
    #expect(epochs.contains { $0.validationLoss == -1 } && epochs.last?.epoch == count)
    #expect(steps.last?.step == count)
    #expect(steps.map(\.step) == steps.map(\.step).sorted() && Set(steps.map(\.step)).count == steps.count)
    let greatestGap = zip(steps, steps.dropFirst()).map { $1.step - $0.step }.max() ?? 0
    #expect(greatestGap <= 8 * max(1, count / 2048))
  }
}
