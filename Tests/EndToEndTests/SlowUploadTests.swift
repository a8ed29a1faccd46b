import Foundation
import TemporaryFolder
import Testing

/// Files that come slowly, or change later, whoever writes them.
@Suite(.serialized)
struct SlowUploadTests {
  /// `scripts/install` gives the daemon a user of its own: no lease tells it who writes another user's file.
  private func startedAsNobody() throws -> TestDaemon {
    let daemon = try TestDaemon(starting: false)
    guard getuid() == 0 else {
      try daemon.start()
      return daemon
    }
    let nobody = "65534"
    #expect(try RealTrainerTests.run("/bin/chown", ["-R", "\(nobody):\(nobody)", daemon.home]).status == 0)
    try daemon.start(through: ["setpriv", "--reuid", nobody, "--regid", nobody, "--clear-groups"])
    return daemon
  }

  private func writer(_ daemon: TestDaemon, _ name: String, _ text: String) throws -> FileHandle {
    let path = daemon.folder("home/incoming/\(name)")
    // Created where it is written, as `scp` and a shell's `>` do.
    let file = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0o644)
    #expect(file >= 0)
    let handle = FileHandle(fileDescriptor: file, closeOnDealloc: true)
    try handle.write(contentsOf: Data(text.utf8))
    return handle
  }

  /// Valid as far as it goes, for much longer than the quiet period of half a second.
  @Test func aFileOfAnotherUserIsWaitedForUntilItIsClosed() throws {
    let daemon = try startedAsNobody()
    let slow = try writer(daemon, "slow.yaml", "name: half\n")
    try daemon.drop("marker.yaml", "name: marker\n")
    try daemon.wait(for: "the marker") { daemon.names("done").count == 1 }
    usleep(1_500_000)
    #expect(daemon.names("incoming") == ["slow.yaml"])
    try slow.write(contentsOf: Data("name: whole\n".utf8))
    try slow.close()
    try daemon.wait(for: "the slow file") { daemon.names("done").count == 2 }
    #expect(daemon.names("done") == ["000001-marker.yaml", "000002-whole.yaml"])
    #expect(daemon.text("done/000002-whole.yaml") == "name: half\nname: whole\n")
  }

  /// The usual way of careful programs: written under a dot, then renamed; but this one goes on writing.
  @Test func aFileThatIsRenamedWhileItIsWrittenIsWaitedForToo() throws {
    let daemon = try startedAsNobody()
    let slow = try writer(daemon, ".slow.tmp", "name: half\n")
    #expect(rename(daemon.folder("home/incoming/.slow.tmp"), daemon.folder("home/incoming/slow.yaml")) == 0)
    usleep(1_500_000)
    #expect(daemon.names("incoming") == ["slow.yaml"])
    try slow.write(contentsOf: Data("name: whole\n".utf8))
    try slow.close()
    try daemon.wait(for: "the slow file") { daemon.names("done") == ["000001-whole.yaml"] }
  }

  /// Its writer dies with half of it; what there is is judged then, as no more will come.
  @Test func aWriterThatDiesIsWaitedForNoLonger() throws {
    let daemon = try startedAsNobody()
    let child = Process()
    child.executableURL = URL(fileURLWithPath: "/bin/sh")
    child.arguments = [
      "-c", "exec 3>\"$1\"; echo 'name: half' >&3; sleep 600", "sh", daemon.folder("home/incoming/a.yaml"),
    ]
    try child.run()
    try daemon.wait(for: "its bytes") { daemon.text("incoming/a.yaml") == "name: half\n" }
    usleep(1_000_000)
    #expect(daemon.names("incoming") == ["a.yaml"])
    // The shell and its `sleep`, which has the file open as well.
    _ = try RealTrainerTests.run("/usr/bin/env", ["pkill", "-9", "-P", "\(child.processIdentifier)"])
    kill(child.processIdentifier, SIGKILL)
    try daemon.wait(for: "the job") { daemon.names("done") == ["000001-half.yaml"] }
  }

  @Test func namesThatBeginWithAnAccentAreRejectedOnceAndTrained() throws {
    let daemon = try TestDaemon()
    try daemon.drop("\u{301}bad.yaml", "nonsense\n")
    try daemon.drop("\u{301}good.yaml", "name: good\n")
    try daemon.wait(for: "the ends") { daemon.names("done").count == 1 && daemon.names("incoming").isEmpty }
    #expect(daemon.text("rejected/\u{301}bad.yaml") == "nonsense\n")
    #expect(daemon.names("rejected").count == 2)
  }

  /// One word, composed and decomposed: two files, each with its own verdict.
  @Test func twoNamesThatLookAlikeAreTwoJobs() throws {
    let daemon = try TestDaemon(starting: false)
    try daemon.drop("caf\u{E9}.yaml", "name: one\n")
    try daemon.drop("cafe\u{301}.yaml", "name: two\n")
    try daemon.start()
    try daemon.wait(for: "both") { daemon.names("done").count == 2 }
    #expect(Set(daemon.names("done").map { $0.dropFirst(7) }) == ["one.yaml", "two.yaml"])
  }

  @Test func whatIsEditedInTheQueueIsKeptAndSaid() throws {
    let daemon = try TestDaemon(starting: false)
    try daemon.drain()
    try daemon.drop("a.yaml", "name: accepted\n")
    try daemon.start()
    try daemon.wait(for: "the job") { daemon.names("queued") == ["000001-accepted.yaml"] }
    try daemon.folder.write("name: edited\n", to: "home/queued/000001-accepted.yaml")
    try FileManager.default.removeItem(atPath: daemon.folder("home/requests/drain"))
    try daemon.wait(for: "the end") { daemon.names("done").count == 1 }
    #expect(daemon.text("done/000001-accepted.yaml") == "name: accepted\n")
    #expect(daemon.text("runs/000001-accepted/edited.yaml") == "name: edited\n")
    #expect(daemon.log.contains("queued/000001-accepted.yaml was edited after it was accepted"))
    #expect(daemon.text("runs/000001-accepted/history.jsonl")?.contains("was edited after it was accepted") == true)
  }

  /// A copy of a job's file lies in a second folder when the daemon starts, and another comes while it runs.
  @Test func aJobThatLiesInTwoFoldersIsRunOnce() throws {
    let daemon = try TestDaemon()
    try daemon.drop("a.yaml", "name: a\nsleep: 60\n")
    try daemon.wait(for: "the trainer") { daemon.text("runs/000001-a/progress.json") != nil }
    daemon.kill()
    try daemon.wait(for: "the trainer's end") { !daemon.hasLivingTrainer }
    try daemon.folder.write("a copy\n", to: "home/queued/000001-a.yaml")
    try daemon.folder.write("another\n", to: "home/done/000001-a.yaml")
    try daemon.start()
    try daemon.wait(for: "the end") { daemon.text("done/000001-a.yaml") == "name: a\nsleep: 60\n" }
    #expect(daemon.names("queued").isEmpty && daemon.names("running").isEmpty)
    #expect(daemon.marks("start", of: "000001-a") == 2 && daemon.marks("finish", of: "000001-a") == 1)
    #expect(daemon.text("runs/000001-a/found-in-queued.yaml") == "a copy\n")
    #expect(daemon.text("runs/000001-a/found-in-done.yaml") == "another\n")
    #expect(daemon.log.contains("runs/000001-a/found-in-queued.yaml"))
  }

  @Test func aCopyThatAppearsWhileTheJobRunsIsSetAside() throws {
    let daemon = try TestDaemon()
    try daemon.drop("a.yaml", "name: a\nsleep: 60\n")
    try daemon.wait(for: "the trainer") { daemon.text("runs/000001-a/progress.json") != nil }
    try daemon.folder.write("a copy\n", to: "home/cancelled/000001-a.yaml")
    try daemon.folder.write("", to: "home/requests/000001-a.cancel")
    try daemon.wait(for: "the end") { daemon.text("cancelled/000001-a.yaml") == "name: a\nsleep: 60\n" }
    #expect(daemon.text("runs/000001-a/found-in-cancelled.yaml") == "a copy\n")
    try daemon.wait(for: "the word of it") { daemon.log.contains("cancelled/000001-a.yaml was a second copy of it") }
  }

  @Test func aHistoryThatCannotBeReadStopsNobody() throws {
    let daemon = try TestDaemon(starting: false)
    try daemon.drain()
    for name in ["a", "b"] { try daemon.drop("\(name).yaml", "name: \(name)\n") }
    try daemon.start()
    try daemon.wait(for: "the jobs") { daemon.names("queued").count == 2 }
    #expect(daemon.stop() == 0)
    // Sparse: it takes no space.
    let first = daemon.names("queued")[0].dropLast(5)
    #expect(truncate(daemon.folder("home/runs/\(first)/history.jsonl"), 65 << 20) == 0)
    try FileManager.default.removeItem(atPath: daemon.folder("home/requests/drain"))
    try daemon.start()
    try daemon.wait(for: "both") { daemon.names("done").count == 2 }
    #expect(daemon.log.contains("runs/\(first)/history.jsonl.unreadable"))
  }

  @Test func aRunThatAPersonHasToDecideAboutIsHeld() throws {
    let daemon = try TestDaemon()
    try daemon.drop("a.yaml", "name: a\nexit: 78\n")
    try daemon.wait(for: "the hold") { daemon.names("held") == ["000001-a.yaml"] }
    try daemon.wait(for: "the reason") {
      daemon.text("runs/000001-a/history.jsonl")?.contains("the data are bad") == true
    }
    #expect(daemon.names("failed").isEmpty && daemon.marks("start", of: "000001-a") == 1)
  }
}
