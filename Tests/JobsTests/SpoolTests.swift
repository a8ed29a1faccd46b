import DurableFiles
import Foundation
import Jobs
import RunFiles
import TemporaryFolder
import Testing

struct SpoolTests {
  let folder: TemporaryFolder
  let spool: Spool

  init() throws {
    folder = try TemporaryFolder()
    spool = Spool(home: folder.path)
    try spool.create()
  }

  /// A job in `queued/`, as acceptance leaves it.
  private let origin = Origin(base: "/data", priority: 3, manifest: Array("name: a\n".utf8))

  private func accepted(_ sequence: Int = 1, name: String = "a", origin: Origin? = nil) throws -> Job {
    let acceptance = try dropped(sequence, name: name, origin: origin)
    try spool.accept([acceptance], now: 0)
    return acceptance.job
  }

  private func dropped(_ sequence: Int = 1, name: String = "a", origin: Origin? = nil) throws -> Acceptance {
    try folder.write("name: \(name)\n", to: "incoming/\(name).yaml")
    if let origin { try publish(origin.bytes, to: folder("incoming/\(name).yaml.origin")) }
    return Acceptance(
      job: Job(id: JobID(sequence: sequence, name: name), name: name), dropped: "\(name).yaml",
      manifest: Array("name: \(name)\n".utf8), origin: origin)
  }

  @Test func acceptanceMovesTheFileAndFillsTheRun() throws {
    let job = try accepted(origin: origin)
    #expect(folder.names("incoming").isEmpty)
    #expect(folder.names("queued") == ["000001-a.yaml"])
    #expect(folder.names("runs/000001-a") == ["history.jsonl", "job.yaml", "origin.json"])
    #expect(folder.text("runs/000001-a/job.yaml") == "name: a\n")
    #expect(try Origin(readFile(spool.origin(job.id), limit: 1000)) == origin)
    let row = try #require(try spool.history(job.id).rows().first)
    #expect(row.state == "queued" && row.dropped == "a.yaml" && row.time == "1970-01-01T00:00:00.000Z")
  }

  /// A daemon that dies after any number of steps leaves the file dropped or the job complete, and its successor
  /// makes one job of it.
  @Test(arguments: 0...Acceptance.Step.allCases.count, [false, true])
  func acceptanceSurvivesACrashAfterEachStep(steps: Int, recoversTwice: Bool) throws {
    let acceptance = try dropped(origin: origin)
    for step in Acceptance.Step.allCases.prefix(steps) { try spool.perform(step, of: [acceptance], now: 0) }
    var census = try spool.recover(now: 1)
    if recoversTwice { census = try spool.recover(now: 2) }
    if folder.names("incoming").contains("a.yaml") {
      #expect(census.active.isEmpty)
      #expect(folder.names("incoming") == ["a.yaml", "a.yaml.origin"])
      #expect(folder.names("runs").isEmpty)
      try spool.accept([dropped(census.greatestSequence + 1, origin: origin)], now: 3)
    } else {
      #expect(census.active.map(\.state) == [.queued])
    }
    #expect(folder.names("incoming").isEmpty)
    #expect(folder.names("queued") == ["000001-a.yaml"])
    #expect(folder.names("runs/000001-a") == ["history.jsonl", "job.yaml", "origin.json"])
    #expect(try spool.history(JobID(sequence: 1, name: "a")).rows().map(\.reason) == ["accepted"])
  }

  /// Between two submissions of one name the second one's origin lies there when the first one's run is completed.
  @Test func recoveryLeavesTheOriginOfTheNextSubmission() throws {
    _ = try accepted(origin: origin)
    let next = Origin(base: "/data", priority: 3, manifest: Array("name: a\n".utf8))
    try publish(next.bytes, to: folder("incoming/a.yaml.origin"))
    _ = try spool.recover(now: 1)
    #expect(try spool.originBeside("a.yaml") == next)
  }

  @Test func aHalfPreparedRunIsRemoved() throws {
    let acceptance = try dropped()
    try createDirectories(folder("runs/.000001-a"))
    try folder.write("na", to: "runs/.000001-a/job.yaml")
    _ = try spool.recover(now: 0)
    #expect(folder.names("runs").isEmpty)
    try spool.accept([acceptance], now: 0)
    #expect(folder.names("runs") == ["000001-a"])
  }

  /// Its removal was cut short: what is left of it is hidden, and goes with the next start.
  @Test func aPreparedRunIsHiddenBeforeItIsRemoved() throws {
    let acceptance = try dropped()
    try spool.perform(.prepareRuns, of: [acceptance], now: 0)
    try publish("in the way", to: folder("runs/.000001-a"))
    #expect(throws: FileError.self) { try spool.discard(acceptance.job.id) }
    #expect(folder.names("runs/000001-a") == ["history.jsonl", "job.yaml"])
    _ = try spool.recover(now: 2)
    #expect(folder.names("runs").isEmpty)
  }

  @Test func aRunWithResultsIsNeverRemoved() throws {
    try createDirectories(folder("runs/000009-old/checkpoints"))
    let census = try spool.recover(now: 0)
    #expect(folder.names("runs") == ["000009-old"])
    #expect(census.greatestSequence == 9)
  }

  @Test func aTransitionIsOneRenameAndOneRow() throws {
    let job = try accepted()
    let transition = try job.after(.start, policy: .standard, now: 5)
    try spool.commit(transition, from: job.state, now: 5)
    #expect(folder.names("queued").isEmpty)
    #expect(folder.names("running") == ["000001-a.yaml"])
    #expect(try spool.history(job.id).rows().map(\.state) == ["queued", "running"])
    #expect(try spool.load(job.id, in: .running).job == transition.job)
  }

  /// An attempt is counted before it can do any harm: the row is on the disk when the file is still where it was.
  @Test func anAttemptIsCountedBeforeItBegins() throws {
    let job = try accepted()
    #expect(rmdir(folder("running")) == 0)
    try folder.write("in the way", to: "running")
    let transition = try job.after(.start, policy: .standard, now: 5)
    #expect(throws: FileError.self) { try spool.commit(transition, from: job.state, now: 5) }
    #expect(try spool.load(job.id, in: .queued).job.attempts == 1)
  }

  @Test func aTransitionNeverOverwrites() throws {
    let job = try accepted()
    try folder.write("mine", to: "held/000001-a.yaml")
    let transition = try job.after(.asked(.hold), policy: .standard, now: 5)
    let remarks = try spool.commit(transition, from: job.state, now: 5)
    #expect(remarks == ["held/000001-a.yaml was a second copy of it and is now runs/000001-a/found-in-held.yaml"])
    #expect(folder.text("runs/000001-a/found-in-held.yaml") == "mine")
    #expect(folder.names("queued").isEmpty)
    #expect(folder.text("held/000001-a.yaml") == "name: a\n")
  }

  /// Every state that a job can be left in is the state that the next daemon reads.
  @Test func everyStateSurvivesARestart() throws {
    var job = try accepted()
    let life: [JobEvent] = [
      .start, .ended(.crashed(.signal, "signal 11"), checkpoint: 3), .asked(.hold), .asked(.release), .start,
      .asked(.cancel), .ended(.interrupted, checkpoint: 4), .asked(.retry), .asked(.reprioritize(7)), .start,
      .ended(.blocked("no space"), checkpoint: 4), .spaceReturned, .start, .stalled(seconds: 9), .stop,
    ]
    for event in life {
      let transition = try job.after(event, policy: .standard, now: 1000)
      try spool.commit(transition, from: job.state, now: 1000)
      job = transition.job
      #expect(try spool.load(job.id, in: job.state.folder).job == job, "after \(event)")
    }
  }

  /// The rename counts: what the history lacks is added, and nothing is done twice.
  @Test func aRowThatWasNotWrittenIsAdded() throws {
    let job = try accepted()
    try move(spool.manifest(job.id, in: .queued), to: spool.manifest(job.id, in: .held))
    _ = try spool.recover(now: 1)
    _ = try spool.recover(now: 2)
    #expect(try spool.history(job.id).rows().map(\.state) == ["queued", "held"])
  }

  @Test func aTornRowIsPassedOver() throws {
    let job = try accepted()
    let handle = try #require(FileHandle(forWritingAtPath: spool.history(job.id).path))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data("{\"state\":\"runn".utf8))
    try handle.close()
    #expect(try spool.load(job.id, in: .queued).row?.state == "queued")
    try spool.history(job.id).append(HistoryRow(job, reason: "next", now: 2))
    #expect(try spool.history(job.id).rows().map(\.reason) == ["accepted", "next"])
  }

  @Test func whatIsNotAJobIsNotTakenForOne() throws {
    _ = try accepted()
    try folder.write("", to: "queued/README")
    try folder.write("", to: "queued/other.yaml")
    #expect(try spool.ids(in: .queued).map(\.description) == ["000001-a"])
  }
}
