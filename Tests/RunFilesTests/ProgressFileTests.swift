import DurableFiles
import Glibc
import RunFiles
import TemporaryFolder
import Testing
import Workers

struct ProgressFileTests {
  let folder: TemporaryFolder
  let heartbeat = Heartbeat()

  init() throws { folder = try TemporaryFolder() }

  private var first: Progress { Progress(state: .preparing, epoch: 1, epochs: 2, step: 0, steps: 8) }

  private func onDisk() throws -> Progress { try Progress(contentsOf: folder("progress.json")) }

  /// Looks until something is true; far too long a wait is a failure.
  private func wait(for what: String, _ condition: () throws -> Bool) throws {
    for _ in 0..<6000 {
      if try condition() { return }
      usleep(10_000)
    }
    Issue.record("no sign of \(what)")
  }

  @Test func theFirstWordIsThereAtOnce() throws {
    let file = try ProgressFile(folder("progress.json"), first, heartbeat: heartbeat)
    #expect(try onDisk().beat == 0)
    #expect(try onDisk().state == .preparing)
    withExtendedLifetime(file) {}
  }

  /// The run says nothing for a long while, as within a step of many packs.
  @Test func workThatIsDoneBetweenTwoWordsIsSeen() throws {
    let file = try ProgressFile(folder("progress.json"), first, heartbeat: heartbeat)
    for beat in 1...2 {
      heartbeat.tick()
      try wait(for: "beat \(beat)") { try onDisk().beat == beat }
    }
    withExtendedLifetime(file) {}
  }

  /// That its thread lives says nothing of the work.
  @Test func withoutWorkTheFileStaysAsItIs() throws {
    let file = try ProgressFile(folder("progress.json"), first, heartbeat: heartbeat)
    let before = try #require(try facts(at: folder("progress.json")))
    usleep(2_500_000)
    #expect(try facts(at: folder("progress.json")) == before)
    withExtendedLifetime(file) {}
  }

  @Test func theLastWordStays() throws {
    let file = try ProgressFile(folder("progress.json"), first, heartbeat: heartbeat)
    var last = first
    last.state = .done
    try file.end(last)
    heartbeat.tick()
    usleep(1_500_000)
    #expect(try onDisk().state == .done)
    #expect(try onDisk().beat == 0)
  }

  @Test func anOlderTrainerHasNoBeat() throws {
    try folder.write(
      #"{"epoch":1,"epochs":2,"step":3,"steps":9,"imagesPerSecond":10,"state":"training"}"#, to: "progress.json")
    #expect(try onDisk().beat == nil)
    #expect(try onDisk().toPrepare == nil)
  }

  @Test func everyFieldIsReadAsItWasWritten() throws {
    var progress = first
    (progress.beat, progress.prepared, progress.toPrepare, progress.cacheBytes) = (5, 6, 7, 8)
    progress.state = .testing
    try progress.publish(to: folder("progress.json"))
    #expect(try onDisk() == progress)
  }
}
