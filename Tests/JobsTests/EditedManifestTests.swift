import DurableFiles
import Foundation
import Jobs
import TemporaryFolder
import Testing

/// A manifest that somebody edits in the folder of its job's state.
struct EditedManifestTests {
  let folder: TemporaryFolder
  let spool: Spool
  let job: Job

  init() throws {
    folder = try TemporaryFolder()
    spool = Spool(home: folder.path)
    try spool.create()
    try folder.write("name: a\n", to: "incoming/a.yaml")
    job = Job(id: JobID(sequence: 1, name: "a"), name: "a")
    let text = Array("name: a\n".utf8)
    try spool.accept([Acceptance(job: job, dropped: "a.yaml", manifest: text, origin: nil)], now: 0)
  }

  @discardableResult
  private func commit(_ event: JobEvent, on job: Job) throws -> (job: Job, remarks: [String]) {
    let transition = try job.after(event, policy: .standard, now: 0)
    return (transition.job, try spool.commit(transition, from: job.state, now: 0))
  }

  @Test func itIsKeptInTheRunAndTheAcceptedTextGoesOn() throws {
    try folder.write("name: mine\n", to: "queued/000001-a.yaml")
    let (running, remarks) = try commit(.start, on: job)
    #expect(folder.text("running/000001-a.yaml") == "name: a\n")
    #expect(folder.text("runs/000001-a/edited.yaml") == "name: mine\n")
    #expect(remarks.count == 1 && remarks[0].contains("runs/000001-a/edited.yaml"))
    #expect(try spool.history(job.id).last()?.reason.contains("queued/000001-a.yaml was edited") == true)
    // Again while it runs, with as many bytes.
    try folder.write("name: b\n", to: "running/000001-a.yaml")
    try commit(.ended(.done, checkpoint: 1), on: running)
    #expect(folder.text("done/000001-a.yaml") == "name: a\n")
    #expect(folder.text("runs/000001-a/edited-2.yaml") == "name: b\n")
    #expect(folder.text("runs/000001-a/job.yaml") == "name: a\n")
  }

  @Test func whoeverStillHasItOpenWritesIntoWhatIsKept() throws {
    let writer = try #require(FileHandle(forWritingAtPath: spool.manifest(job.id, in: .queued)))
    try writer.write(contentsOf: Data("name: b\n".utf8))
    try commit(.start, on: job)
    try writer.write(contentsOf: Data("more\n".utf8))
    #expect(folder.text("running/000001-a.yaml") == "name: a\n")
    #expect(folder.text("runs/000001-a/edited.yaml") == "name: b\nmore\n")
  }

  @Test func whatIsNotEditedIsLeftAlone() throws {
    let (running, remarks) = try commit(.start, on: job)
    #expect(try commit(.ended(.done, checkpoint: 1), on: running).remarks == [] && remarks == [])
    #expect(folder.names("runs/000001-a") == ["history.jsonl", "job.yaml"])
    #expect(try spool.history(job.id).rows().map(\.reason) == ["accepted", "attempt 1 begins", "trained"])
  }

  /// It was replaced by something that is no file.
  @Test func aLinkAndAFolderAreKeptAsTheyAre() throws {
    try remove(spool.manifest(job.id, in: .queued))
    #expect(symlink("/nowhere", spool.manifest(job.id, in: .queued)) == 0)
    let (running, _) = try commit(.start, on: job)
    #expect(folder.text("running/000001-a.yaml") == "name: a\n")
    #expect(try linkTarget(at: folder("runs/000001-a/edited.yaml")) == "/nowhere")
    try remove(spool.manifest(job.id, in: .running))
    try createDirectories(spool.manifest(job.id, in: .running))
    try commit(.ended(.done, checkpoint: 1), on: running)
    #expect(folder.text("done/000001-a.yaml") == "name: a\n")
    #expect(try facts(at: folder("runs/000001-a/edited-2.yaml"))?.kind == .directory)
  }

  /// The daemon died after it had made the copy and before the exchange.
  @Test func whatWasInterruptedIsDoneOnce() throws {
    try folder.write("name: mine\n", to: "queued/000001-a.yaml")
    try folder.write("name: a\n", to: "runs/000001-a/edited.yaml")
    try commit(.start, on: job)
    #expect(folder.text("runs/000001-a/edited.yaml") == "name: mine\n")
    #expect(folder.names("runs/000001-a") == ["edited.yaml", "history.jsonl", "job.yaml"])
  }

  /// A run of an earlier version, or one whose copy somebody removed.
  @Test func withoutAnAcceptedTextThereIsNothingToCompareWith() throws {
    try remove(spool.jobFile(job.id))
    #expect(try commit(.start, on: job).remarks == [])
    #expect(folder.text("running/000001-a.yaml") == "name: a\n")
  }
}
