import Foundation
import RunFiles
import Testing

@Suite struct MetricRowTests {
  static let step = StepRow(
    epoch: 2, step: 120, loss: 0.1 + 0.2, learningRate: 1e-7, imagesPerSecond: 118.25, seconds: 60)
  static let epoch = EpochRow(
    epoch: 2, step: 128, trainLoss: 0.5, trainAccuracy: 0.75, validationLoss: nil, validationAccuracy: nil,
    skipped: 3, learningRate: 0.003, imagesPerSecond: 120, seconds: 64.5)

  @Test func aStepIsThisLine() {
    #expect(
      MetricRow.step(Self.step).json
        == #"{"kind":"step","epoch":2,"step":120,"loss":0.30000000000000004,"learningRate":1e-07,"#
        + #""imagesPerSecond":118.25,"seconds":60.0}"#)
  }

  @Test func anEpochIsThisLine() {
    #expect(
      MetricRow.epoch(Self.epoch).json
        == #"{"kind":"epoch","epoch":2,"step":128,"trainLoss":0.5,"trainAccuracy":0.75,"validationLoss":null,"#
        + #""validationAccuracy":null,"skipped":3,"learningRate":0.003,"imagesPerSecond":120.0,"seconds":64.5}"#)
  }

  @Test func whatIsNoNumberIsNullWithAWord() {
    var row = Self.step
    row.loss = .nan
    row.learningRate = -.infinity
    let json = MetricRow.step(row).json
    #expect(json.contains(#""loss":null,"lossIs":"nan","learningRate":null,"learningRateIs":"minusInfinity","#))
  }

  private func read(_ json: String) throws -> MetricRow {
    try JSONDecoder().decode(MetricRow.self, from: Data(json.utf8))
  }

  @Test(arguments: [
    0, -0.0, 0.1, 1 / 3, 1e-300, .leastNonzeroMagnitude, 1.7976931348623157e308, 123_456_789.123, .nan, .infinity,
    -.infinity,
  ]) func everyNumberReadsBackAsTheSameBits(number: Double) throws {
    var step = Self.step
    step.loss = number
    guard case .step(let row) = try read(MetricRow.step(step).json) else {
      Issue.record("not a step")
      return
    }
    #expect(row.loss.bitPattern == number.bitPattern)
    var epoch = Self.epoch
    epoch.validationLoss = number
    guard case .epoch(let row) = try read(MetricRow.epoch(epoch).json) else {
      Issue.record("not an epoch")
      return
    }
    #expect(row.validationLoss?.bitPattern == number.bitPattern)
  }

  /// Who waited for whom stands behind what rows always had; rows of earlier versions have none of it.
  @Test func anEpochSaysWhoWaited() throws {
    var row = Self.epoch
    row.pipeline = PipelineSeconds(
      wait: 0.25, waitShare: 0.01, idle: 30, busy: 12, read: 1, decode: 9, cache: 0.5, augment: 1.5)
    let json = MetricRow.epoch(row).json
    #expect(
      json
        == MetricRow.epoch(Self.epoch).json.dropLast()
        + #","waitSeconds":0.25,"waitShare":0.01,"idleSeconds":30.0,"busySeconds":12.0,"readSeconds":1.0,"#
        + #""decodeSeconds":9.0,"cacheSeconds":0.5,"augmentSeconds":1.5}"#)
    #expect(try read(json) == .epoch(row))
    #expect(try read(MetricRow.epoch(Self.epoch).json) == .epoch(Self.epoch))
  }

  @Test func rowsReadBack() throws {
    #expect(try read(MetricRow.step(Self.step).json) == .step(Self.step))
    #expect(try read(MetricRow.epoch(Self.epoch).json) == .epoch(Self.epoch))
  }

  @Test(arguments: [
    "{}", "[]", #"{"kind":"other","step":1}"#, #"{"kind":"step","epoch":1,"step":1}"#,
    MetricRow.step(step).json.replacingOccurrences(of: "0.30000000000000004", with: "null"),
    MetricRow.step(step).json.replacingOccurrences(of: "120", with: "\"120\""),
  ]) func whatIsNoRowIsRefused(json: String) {
    #expect(throws: DecodingError.self) { try read(json) }
  }
}
