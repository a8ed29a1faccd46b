import Foundation
import TemporaryFolder
import Testing

/// What keeps the daemon from starting trainers, and what must not.
@Suite(.serialized)
struct LaunchTests {
  private func history(_ daemon: TestDaemon, _ id: String) -> String { daemon.text("runs/\(id)/history.jsonl") ?? "" }

  /// As in an upgrade. Nobody's attempt is counted, and nobody's history grows.
  @Test func aProgramThatIsGoneForAMomentIsWaitedFor() throws {
    let daemon = try TestDaemon(starting: false)
    let program = daemon.folder("kiln")
    try FileManager.default.copyItem(atPath: TestDaemon.fakeKiln, toPath: program)
    try daemon.drain()
    try daemon.start(["--kiln", program])
    for name in ["a", "b", "c"] { try daemon.drop("\(name).yaml", "name: \(name)\n") }
    try daemon.wait(for: "the queue") { daemon.names("queued").count == 3 }
    try FileManager.default.removeItem(atPath: program)
    try FileManager.default.removeItem(atPath: daemon.folder("home/requests/drain"))
    try daemon.wait(for: "the first try") { daemon.log.contains("cannot start \(program)") }
    // Long enough to walk a queue of three.
    usleep(500_000)
    #expect(daemon.log.components(separatedBy: "cannot start").count == 2)
    for id in daemon.names("runs") { #expect(history(daemon, id).split(separator: "\n").count == 1, "\(id)") }
    try FileManager.default.copyItem(atPath: TestDaemon.fakeKiln, toPath: program)
    try daemon.wait(for: "the ends") { daemon.names("done").count == 3 }
    #expect(daemon.names("runs").allSatisfy { history(daemon, $0).contains("\"attempt\":1") })
    #expect(daemon.names("runs").allSatisfy { !history(daemon, $0).contains("\"attempt\":2") })
  }

  /// A program that is there and cannot be executed. One job at a time finds out, and the others' histories do not grow.
  @Test func aProgramThatCannotBeStartedPausesAllLaunches() throws {
    let daemon = try TestDaemon(starting: false)
    let program = daemon.folder("kiln")
    try FileManager.default.copyItem(atPath: TestDaemon.fakeKiln, toPath: program)
    try daemon.drain()
    try daemon.start(["--kiln", program])
    for name in ["a", "b", "c"] { try daemon.drop("\(name).yaml", "name: \(name)\n") }
    try daemon.wait(for: "the queue") { daemon.names("queued").count == 3 }
    // No program at all, but with the right to be one.
    let handle = try #require(FileHandle(forWritingAtPath: program))
    try handle.truncate(atOffset: 0)
    try handle.write(contentsOf: Data("#!/no/such/shell\n".utf8))
    try handle.close()
    try FileManager.default.removeItem(atPath: daemon.folder("home/requests/drain"))
    try daemon.wait(for: "the first try") { daemon.log.contains("cannot start \(program)") }
    usleep(500_000)
    #expect(daemon.names("runs").count { history(daemon, $0).split(separator: "\n").count > 1 } == 1)
    #expect(daemon.names("queued").count == 3)
  }

  /// Somebody trains in the job's own folder by hand.
  @Test func aRunThatIsLockedIsNotStarted() throws {
    let daemon = try TestDaemon(starting: false)
    try daemon.drain()
    try daemon.start()
    try daemon.drop("a.yaml", "name: a\n")
    try daemon.wait(for: "the queue") { daemon.names("queued") == ["000001-a.yaml"] }
    let lock = open(daemon.folder("home/runs/000001-a/run.lock"), O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    try #require(lock >= 0 && flock(lock, LOCK_EX) == 0)
    try daemon.drop("b.yaml", "name: b\n")
    try FileManager.default.removeItem(atPath: daemon.folder("home/requests/drain"))
    try daemon.wait(for: "the other job") { daemon.names("done") == ["000002-b.yaml"] }
    #expect(daemon.names("queued") == ["000001-a.yaml"])
    #expect(history(daemon, "000001-a").split(separator: "\n").count == 1)
    close(lock)
    try daemon.wait(for: "its turn") { daemon.names("done").count == 2 }
    #expect(!history(daemon, "000001-a").contains("\"attempt\":2"))
  }

  /// The lock of a run that was running names a process that does not hold it: its number was given to another.
  @Test func aProcessThatOnlyHasTheNumberOfATrainerIsLeftAlone() throws {
    let daemon = try TestDaemon()
    try daemon.drop("a.yaml", "name: a\nsleep: 60\n")
    try daemon.wait(for: "the trainer") { daemon.text("runs/000001-a/progress.json") != nil }
    daemon.kill()
    try daemon.wait(for: "the trainer's end") { !daemon.hasLivingTrainer }
    let bystander = Process()
    bystander.executableURL = URL(fileURLWithPath: "/bin/sleep")
    bystander.arguments = ["600"]
    try bystander.run()
    defer { kill(bystander.processIdentifier, SIGKILL) }
    let lock = open(daemon.folder("home/runs/000001-a/run.lock"), O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    try #require(lock >= 0 && flock(lock, LOCK_EX) == 0)
    let number = "\(bystander.processIdentifier)\n"
    try #require(ftruncate(lock, 0) == 0 && pwrite(lock, number, number.utf8.count, 0) == number.utf8.count)
    try daemon.start(["--grace", "0.2"])
    // It looks every second.
    usleep(2_500_000)
    #expect(bystander.isRunning)
    #expect(daemon.names("running") == ["000001-a.yaml"])
    close(lock)
    try daemon.wait(for: "the end") { daemon.names("done") == ["000001-a.yaml"] }
    #expect(bystander.isRunning)
  }

  /// A trainer that says each time that it was interrupted, and that nobody interrupts.
  @Test func anEndThatNobodyAskedForCountsAndIsWaitedFor() throws {
    let daemon = try TestDaemon(starting: false)
    try daemon.drop("a.yaml", "name: a\nexit: 75\n")
    try daemon.start(["--crashes", "3"])
    try daemon.wait(for: "the failure") { daemon.names("failed") == ["000001-a.yaml"] }
    #expect(daemon.marks("start", of: "000001-a") == 3)
    #expect(history(daemon, "000001-a").components(separatedBy: "\"state\":\"deferred\"").count == 3)
  }
}

/// What whoever starts the daemon, or somebody else, may do to its process.
@Suite(.serialized)
struct ProcessTests {
  /// The kernel sends it to whoever holds a lease on a file that another opens.
  @Test func theSignalOfABrokenLeaseEndsNobody() throws {
    let daemon = try TestDaemon()
    try daemon.drop("a.yaml", "name: a\n")
    try daemon.wait(for: "the end") { daemon.names("done").count == 1 }
    daemon.signal(SIGIO)
    try daemon.drop("b.yaml", "name: b\n")
    try daemon.wait(for: "the next job") { daemon.names("done").count == 2 || !daemon.isRunning }
    #expect(daemon.isRunning)
  }

  private static let closing = ["sh", "-c", "exec \"$@\" <&- >&- 2>&-", "sh"]

  /// What `descriptor` of a process leads to.
  private func target(_ descriptor: Int, of process: Int) -> String? {
    try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/fd/\(descriptor)")
  }

  @Test func aDaemonStartedWithItsOutputClosedWritesIntoNoFile() throws {
    let daemon = try TestDaemon(starting: false)
    let process = try daemon.run(through: Self.closing)
    defer {
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
    }
    try daemon.drop("bad.yaml", "nonsense\n")
    try daemon.wait(for: "something to be told") { !daemon.rejected.isEmpty }
    for descriptor in 0...2 { #expect(target(descriptor, of: Int(process.processIdentifier)) == "/dev/null") }
    #expect(daemon.text("kilnd.lock") == "\(process.processIdentifier)\n")
  }

  @Test func aTrainerStartedWithItsOutputClosedWritesIntoNoFile() throws {
    let folder = try TemporaryFolder()
    try RealTrainerTests.makeImages(in: folder)
    try folder.write(RealTrainerTests.job(epochs: 1), to: "data/job.yaml")
    let made = try RealTrainerTests.run(
      "/usr/bin/env",
      Self.closing + [
        TestDaemon.program("kiln"), "train", folder("data/job.yaml"), "--output", folder("run"), "--cache",
        folder("cache"),
      ])
    #expect(made.status == 0)
    let lock = try #require(folder.text("run/run.lock"))
    #expect(Int(lock.dropLast()) != nil)
    let rows = (folder.text("run/metrics.jsonl") ?? "").split(separator: "\n")
    #expect(!rows.isEmpty && rows.allSatisfy { $0.hasPrefix("{") })
  }
}
