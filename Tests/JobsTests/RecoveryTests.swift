import DurableFiles
import Foundation
import Jobs
import RunFiles
import TemporaryFolder
import Testing

/// What a start makes of a home that a power cut, a person or an earlier version has left.
struct RecoveryTests {
  let folder: TemporaryFolder
  let spool: Spool

  init() throws {
    folder = try TemporaryFolder()
    spool = Spool(home: folder.path)
    try spool.create()
  }

  private func accepted(_ sequence: Int = 1) throws -> Job {
    try folder.write("name: a\n", to: "incoming/a.yaml")
    let job = Job(id: JobID(sequence: sequence, name: "a"), name: "a")
    let text = Array("name: a\n".utf8)
    try spool.accept([Acceptance(job: job, dropped: "a.yaml", manifest: text, origin: nil)], now: 0)
    return job
  }

  private func after(_ events: [JobEvent], of job: Job) throws -> Job {
    var job = job
    for event in events {
      let transition = try job.after(event, policy: .standard, now: 0)
      try spool.commit(transition, from: job.state, now: 0)
      job = transition.job
    }
    return job
  }

  /// Every way into every state leaves its row, with the reason that was given.
  @Test(arguments: [
    [JobEvent.start], [.asked(.hold)], [.asked(.cancel)], [.asked(.reprioritize(3))],
    [.asked(.hold), .asked(.release)], [.start, .asked(.hold), .ended(.interrupted, checkpoint: 1)],
    [.start, .ended(.undecided("?"), checkpoint: 0)], [.start, .ended(.done, checkpoint: 1)],
    [.start, .ended(.refused("no"), checkpoint: 0), .asked(.retry)], [.start, .ended(.blocked("full"), checkpoint: 0)],
    [.start, .ended(.blocked("full"), checkpoint: 0), .asked(.hold)],
    [.start, .stop, .ended(.interrupted, checkpoint: 0)],
  ])
  func everyTransitionLeavesARow(events: [JobEvent]) throws {
    var job = try accepted()
    var expected = ["queued accepted"]
    for event in events {
      let transition = try job.after(event, policy: .standard, now: 0)
      try spool.commit(transition, from: job.state, now: 0)
      job = transition.job
      expected.append("\(job.state.folder) \(transition.reason)")
    }
    #expect(try spool.history(job.id).rows().map { "\($0.state) \($0.reason)" } == expected)
  }

  /// Of each folder that half of a rename, or a copy by hand, leaves a job in beside its own.
  @Test(arguments: [
    ([JobEvent](), StateFolder.queued, StateFolder.running), ([.start], .running, .queued), ([.start], .running, .done),
    ([.asked(.hold)], .held, .queued), ([.start, .ended(.done, checkpoint: 1)], .done, .running),
    ([.start, .ended(.refused("no"), checkpoint: 0)], .failed, .queued),
  ])
  func ofTwoFoldersTheHistoryDecides(events: [JobEvent], place: StateFolder, other: StateFolder) throws {
    let job = try after(events, of: accepted())
    try folder.write("a copy\n", to: "\(other)/\(job.id).yaml")
    #expect(try spool.state(of: job.id) == place)
    let census = try spool.recover(now: 1)
    #expect(folder.text("\(place)/\(job.id).yaml") == "name: a\n")
    #expect(folder.names("\(other)").isEmpty)
    #expect(folder.text("runs/\(job.id)/found-in-\(other).yaml") == "a copy\n")
    #expect(census.remarks.count == 1 && census.remarks[0].contains("runs/\(job.id)/found-in-\(other).yaml"))
    #expect(census.active.map(\.id) == (StateFolder.active.contains(place) ? [job.id] : []))
    #expect(census.counts[place] == 1 && census.counts[other] == 0)
  }

  /// The disk kept one half of the rename from `incoming/` and not the other: two names of one file.
  @Test(arguments: [[JobEvent](), [.start, .ended(.done, checkpoint: 1)]])
  func anOtherNameOfAJobInTheDropFolderIsNoSecondJob(events: [JobEvent]) throws {
    let job = try after(events, of: accepted())
    #expect(link(spool.manifest(job.id, in: job.state.folder), folder("incoming/a.yaml")) == 0)
    let census = try spool.recover(now: 1)
    #expect(folder.names("incoming").isEmpty && folder.text("\(job.state.folder)/000001-a.yaml") == "name: a\n")
    #expect(census.remarks.count == 1 && census.greatestSequence == 1)
  }

  /// The same of a repaired disk, or by hand: a copy, with the origin that no other submission can have.
  @Test func aCopyOfASubmissionInTheDropFolderIsNoSecondJob() throws {
    let text = Array("name: a\n".utf8)
    #expect(try spool.submit(text, as: "a.yaml", base: "/data") == "a.yaml")
    let origin = try #require(try spool.originBeside("a.yaml"))
    let job = Job(id: JobID(sequence: 1, name: "a"), name: "a")
    try spool.accept([Acceptance(job: job, dropped: "a.yaml", manifest: text, origin: origin)], now: 0)
    #expect(folder.names("incoming").isEmpty)
    try publish(origin.bytes, to: folder("incoming/a.yaml.origin"))
    try folder.write("name: a\n", to: "incoming/a.yaml")
    let census = try spool.recover(now: 1)
    #expect(folder.names("incoming").isEmpty && folder.text("runs/000001-a/found-in-incoming.yaml") == "name: a\n")
    #expect(census.remarks.count == 1 && census.active.map(\.id) == [job.id])
    // The origin alone, of which only the removal was lost; the job has moved on.
    _ = try after([.start, .ended(.done, checkpoint: 1)], of: job)
    try publish(origin.bytes, to: folder("incoming/a.yaml.origin"))
    _ = try spool.recover(now: 2)
    #expect(folder.names("incoming").isEmpty)
  }

  /// The same file dropped again, or submitted again, is a wish, and an origin on its way is somebody else's.
  @Test func whatIsDroppedAgainIsAnotherJob() throws {
    let text = Array("name: a\n".utf8)
    _ = try accepted()
    #expect(try spool.submit(text, as: "a.yaml", base: "/data") == "a.yaml")
    try folder.write("name: a\n", to: "incoming/b.yaml")
    try publish(Origin(base: "/", manifest: text).bytes, to: folder("incoming/c.yaml.origin"))
    let census = try spool.recover(now: 1)
    #expect(folder.names("incoming") == ["a.yaml", "a.yaml.origin", "b.yaml", "c.yaml.origin"])
    #expect(census.remarks.isEmpty)
  }

  /// Without a history: what may be over is not run again.
  @Test func ofTwoFoldersWithoutAHistoryTheSaferCounts() throws {
    for state in ["queued", "done", "held"] { try folder.write(state, to: "\(state)/000001-a.yaml") }
    let census = try spool.recover(now: 1)
    #expect(census.active.isEmpty && folder.names("done") == ["000001-a.yaml"])
    #expect(folder.names("runs/000001-a") == ["found-in-held.yaml", "found-in-queued.yaml"])
  }

  /// The row of an end is there, and the rename is not: the daemon died between the two.
  @Test func anEndWhoseRenameIsMissingIsCompleted() throws {
    let job = try after([.start], of: accepted())
    let transition = try job.after(.ended(.done, checkpoint: 3), policy: .standard, now: 5)
    let row = HistoryRow(transition.job, reason: transition.reason, from: .running, now: 5)
    try spool.history(job.id).append(row)
    let census = try spool.recover(now: 6)
    #expect(census.active.isEmpty && census.counts[.done] == 1 && census.counts[.running] == 0)
    #expect(folder.names("done") == ["000001-a.yaml"])
    #expect(try spool.history(job.id).rows().map(\.state) == ["queued", "running", "done"])
  }

  /// Somebody moves a finished job back by hand: the folder counts, as for every move by hand.
  @Test func aFinishedJobThatSomebodyPutsBackIsQueuedAgain() throws {
    let job = try after([.start, .ended(.done, checkpoint: 3)], of: accepted())
    try move(spool.manifest(job.id, in: .done), to: spool.manifest(job.id, in: .queued))
    #expect(try spool.recover(now: 1).active.map(\.state) == [.queued])
  }

  /// What would stop or slow down whoever reads it.
  @Test func nothingOfFinishedJobsIsRead() throws {
    let job = try after([.start, .ended(.done, checkpoint: 3)], of: accepted())
    try remove(spool.history(job.id).path)
    #expect(mkfifo(spool.history(job.id).path, 0o600) == 0)
    let census = try spool.recover(now: 1)
    #expect(census.remarks.isEmpty && census.counts[.done] == 1 && census.greatestSequence == 1)
    // It is there to be looked at and asked for still.
    #expect(throws: FileError.self) { try spool.load(job.id, in: .done) }
  }

  @Test func aHistoryThatCannotBeReadIsSetAsideAndTheOthersAreServed() throws {
    let bad = try accepted(1)
    let good = try accepted(2)
    #expect(truncate(spool.history(bad.id).path, 65 << 20) == 0)
    let census = try spool.recover(now: 1)
    #expect(Set(census.active.map(\.id)) == [bad.id, good.id])
    #expect(census.remarks.count == 1 && census.remarks[0].contains("runs/000001-a/history.jsonl.unreadable"))
    #expect(folder.names("runs/000001-a").contains("history.jsonl.unreadable"))
    #expect(try spool.history(bad.id).rows().map(\.reason) == ["found in queued/ at the daemon's start"])
    #expect(try spool.recover(now: 2).remarks.isEmpty)
  }

  @Test func aHistoryThatIsAFolderIsSetAsideToo() throws {
    let job = try accepted()
    try remove(spool.history(job.id).path)
    try createDirectories(spool.history(job.id).path)
    try createDirectories(folder("runs/000001-a/history.jsonl.unreadable"))
    #expect(try spool.recover(now: 1).active.map(\.id) == [job.id])
    #expect(folder.names("runs/000001-a").contains("history.jsonl.unreadable-2"))
  }

  /// A whole line that is no row is damage and is told; a line without an end was torn by a crash and is not.
  @Test(arguments: [("{\"state\":\"do\n", 1), ("{\"state\":\"do", 0)])
  func damageAtTheEndOfAHistoryIsTold(line: String, remarks: Int) throws {
    let job = try accepted()
    let handle = try #require(FileHandle(forWritingAtPath: spool.history(job.id).path))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(line.utf8))
    try handle.close()
    let census = try spool.recover(now: 1)
    #expect(census.remarks.count == remarks && census.active.map(\.state) == [.queued])
  }

  /// Results whose manifest somebody removed are not looked into, however many there are.
  @Test func onlyTheNewestRunsWithoutAJobMayHaveBeenPrepared() throws {
    let old = Acceptance(
      job: Job(id: JobID(sequence: 1, name: "a"), name: "a"), dropped: "a.yaml", manifest: [], origin: nil)
    try folder.write("", to: "incoming/a.yaml")
    try spool.perform(.prepareRuns, of: [old], now: 0)
    try folder.write("", to: "done/\(JobID(sequence: 1 + Acceptance.largestGroup, name: "b")).yaml")
    _ = try spool.recover(now: 1)
    #expect(folder.names("runs") == ["000001-a"])
    try remove(folder("done/\(JobID(sequence: 1 + Acceptance.largestGroup, name: "b")).yaml"))
    _ = try spool.recover(now: 2)
    #expect(folder.names("runs").isEmpty)
  }

  /// A run whose manifest somebody removed, while another file waits under the name that it was dropped as.
  @Test(arguments: ["checkpoints/000000000010", "metrics.jsonl", "train.log"])
  func aRunThatWasTrainedIsKeptHoweverNewItIs(result: String) throws {
    let trained = Acceptance(
      job: Job(id: JobID(sequence: 1, name: "a"), name: "a"), dropped: "a.yaml", manifest: [], origin: nil)
    try folder.write("", to: "incoming/a.yaml")
    try spool.perform(.prepareRuns, of: [trained], now: 0)
    try createDirectories(folder("runs/000001-a/\(result)"))
    _ = try spool.recover(now: 1)
    #expect(folder.names("runs") == ["000001-a"])
  }
}
