import DurableFiles
import Foundation
import RunFiles
import TemporaryFolder
import Testing

@Suite struct MetricsLogTests {
  let folder: TemporaryFolder
  let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder("metrics.jsonl")
  }

  private func step(_ step: Int) -> MetricRow {
    .step(
      StepRow(
        epoch: 1 + step / 10, step: step, loss: 1 / Double(step), learningRate: 0.1, imagesPerSecond: 100,
        seconds: Double(step)))
  }

  private func epoch(_ step: Int) -> MetricRow {
    .epoch(
      EpochRow(epoch: step / 10, step: step, trainLoss: 1, learningRate: 0.1, imagesPerSecond: 9, seconds: 1))
  }

  private func append(_ rows: [MetricRow], resumingAfter place: ResumePoint? = nil) throws {
    let log = try MetricsLog(path, resumingAfter: place)
    for row in rows { try log.append(row) }
    try log.synchronize()
  }

  private var rows: [MetricRow] { get throws { try MetricsLog.read(path).rows } }

  @Test func rowsAreLinesInTheirOrder() throws {
    try append([step(1), step(2), epoch(2)])
    #expect(folder.text("metrics.jsonl") == [step(1), step(2), epoch(2)].map { $0.json + "\n" }.joined())
    #expect(try rows == [step(1), step(2), epoch(2)])
  }

  @Test func aRowCanBeReadAtOnce() throws {
    let log = try MetricsLog(path)
    #expect(try rows == [])
    try log.append(step(1))
    #expect(try rows == [step(1)])
  }

  @Test func openingAgainGoesOn() throws {
    try append([step(1)])
    try append([step(2)])
    #expect(try rows == [step(1), step(2)])
  }

  @Test func resumingRemovesWhatCameAfterTheCheckpoint() throws {
    try append([step(9), step(10), epoch(10), step(11), step(12)])
    try append([step(11)], resumingAfter: ResumePoint(step: 10, epochs: 1))
    #expect(try rows == [step(9), step(10), epoch(10), step(11)])
    try append([], resumingAfter: .start)
    #expect(folder.text("metrics.jsonl") == "")
  }

  /// Saved within the validation after the epoch, which was then reported before the crash.
  @Test func resumingRemovesTheReportOfAnEpochThatIsNotOver() throws {
    try append([step(9), step(10), epoch(10)])
    try append([], resumingAfter: ResumePoint(step: 10, epochs: 0))
    #expect(try rows == [step(9), step(10)])
  }

  /// Interrupted or not, the file is the same in the end.
  @Test func aResumedLogEqualsAnUninterruptedOne() throws {
    let all = (1...30).map(step)
    try append(all)
    let whole = folder.text("metrics.jsonl")
    try FileManager.default.removeItem(atPath: path)
    try append(Array(all[..<17]))
    try append(Array(all[10...]), resumingAfter: ResumePoint(step: 10, epochs: 1))
    #expect(folder.text("metrics.jsonl") == whole)
  }

  @Test func everyTornLastLineIsDropped() throws {
    let whole = step(1).json + "\n"
    let next = step(2).json
    for count in 1...next.count {
      try folder.write(whole + next.prefix(count), to: "metrics.jsonl")
      #expect(try rows == [step(1)])
      try append([step(2)])
      #expect(folder.text("metrics.jsonl") == whole + next + "\n")
    }
  }

  @Test func damagedLinesAreCountedAndGoneAfterResuming() throws {
    let newer = #"{"kind":"memory","step":1,"bytes":7}"#
    try folder.write("\0\0\0\n\(step(1).json)\n{\"kind\":\n\(newer)\n\(step(2).json)\n", to: "metrics.jsonl")
    let content = try MetricsLog.read(path)
    #expect(content.rows == [step(1), step(2)])
    #expect(content.unreadable == 3)
    try append([], resumingAfter: ResumePoint(step: 2, epochs: 0))
    // A row of a kind we do not know is still a row of its step.
    #expect(folder.text("metrics.jsonl") == "\(step(1).json)\n\(newer)\n\(step(2).json)\n")
  }

  /// Larger than any limit, most of it a hole in the file where a torn line should be.
  @Test func aLogOfAnySizeIsGoneOnWith() throws {
    try append([step(1), step(2)])
    let whole = try #require(folder.text("metrics.jsonl"))
    let file = try GrowingFile(path)
    try file.truncate(to: 1 << 30 + 1 << 20)
    try append([step(3)], resumingAfter: ResumePoint(step: 2, epochs: 0))
    #expect(folder.text("metrics.jsonl") == whole + step(3).json + "\n")
    #expect(try MetricsLog(path).seconds == 3)
  }

  @Test func whatCannotBeOpenedSaysSo() throws {
    #expect(throws: MetricsError.self) { try MetricsLog.read(path) }
    #expect(throws: MetricsError.self) { try MetricsLog(folder("missing/metrics.jsonl")) }
    #expect(throws: MetricsError.self) { try MetricsLog(folder.path) }
  }
}

@Suite struct ProgressTests {
  let progress = Progress(
    state: .training, epoch: 2, epochs: 10, step: 120, steps: 620, loss: 0.43, imagesPerSecond: 118.2,
    secondsLeft: 214)

  @Test func theRecordIsThisLine() {
    #expect(
      progress.json
        == #"{"epoch":2,"epochs":10,"step":120,"steps":620,"validated":0,"beat":null,"prepared":null,"toPrepare":null,"cacheBytes":null,"#
        + #""loss":0.43,"imagesPerSecond":118.2,"secondsLeft":214,"#
        + #""state":"training"}"#)
  }

  @Test func isReplacedWholeAndReadBack() throws {
    let folder = try TemporaryFolder()
    let first = Progress(state: .preparing, epoch: 1, epochs: 10, step: 0, steps: 620)
    try first.publish(to: folder("progress.json"))
    #expect(try Progress(contentsOf: folder("progress.json")) == first)
    try progress.publish(to: folder("progress.json"))
    #expect(try Progress(contentsOf: folder("progress.json")) == progress)
    #expect(folder.names() == ["progress.json"])
  }

  @Test func anotherRecordIsRefused() throws {
    let folder = try TemporaryFolder()
    try folder.write(#"{"epoch":2}"#, to: "progress.json")
    #expect(throws: MetricsError.self) { try Progress(contentsOf: folder("progress.json")) }
  }
}
