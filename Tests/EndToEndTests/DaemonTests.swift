import Foundation
import TemporaryFolder
import Testing

/// The daemon as its users meet it: files are dropped, trainers run, signals arrive.
@Suite(.serialized)
struct DaemonTests {
  @Test func whatIsDroppedIsTrainedOrRejectedOrFails() throws {
    let daemon = try TestDaemon()
    try daemon.drop("good.yaml", "name: Solar Cells\n")
    try daemon.drop("garbage.yaml", "nonsense\n")
    try daemon.drop("data.json", "name: bad data\nexit: 65\n")
    try daemon.wait(for: "the ends") {
      daemon.names("done").count == 1 && daemon.names("failed").count == 1 && daemon.names("rejected").count == 2
    }
    #expect(daemon.names("done")[0].hasSuffix("-solar-cells.yaml"))
    #expect(daemon.names("rejected") == ["garbage.error.txt", "garbage.yaml"])
    #expect(daemon.text("rejected/garbage.yaml") == "nonsense\n")
    #expect(daemon.text("rejected/garbage.error.txt")?.contains("1:1: the key name is missing") == true)
    let id = daemon.names("failed")[0].dropLast(5)
    // The rename is the transition; its row in the history follows.
    try daemon.wait(for: "the reason in the history") {
      daemon.text("runs/\(id)/history.jsonl")?.contains("the data are bad") == true
    }
    #expect(daemon.text("runs/\(id)/job.yaml") == "name: bad data\nexit: 65\n")
    #expect(daemon.text("runs/\(id)/train.log")?.contains("\ntraining ") == true)
    #expect(daemon.names("incoming").isEmpty)
    #expect(daemon.stop() == 0)
  }

  @Test func aFileThatIsBeingWrittenIsNotMisread() throws {
    let daemon = try TestDaemon(starting: false)
    try daemon.drop("slow.yaml", "na")
    let writer = try #require(FileHandle(forWritingAtPath: daemon.folder("home/incoming/slow.yaml")))
    try writer.seekToEnd()
    try daemon.start()
    try daemon.drop("marker.yaml", "name: marker\n")
    try daemon.wait(for: "the marker") { daemon.names("done").count == 1 }
    // Longer than the quiet period of half a second, with the file open all the time.
    usleep(1_200_000)
    #expect(daemon.names("incoming") == ["slow.yaml"])
    try writer.write(contentsOf: Data("me: slow\n".utf8))
    try writer.close()
    try daemon.wait(for: "the slow file") { daemon.names("done").count == 2 }
    #expect(daemon.names("rejected").isEmpty)
  }

  @Test func halfAFileGetsTheTimeToBecomeWhole() throws {
    let daemon = try TestDaemon()
    try daemon.drop("halves.yaml", "na")
    let writer = try #require(FileHandle(forWritingAtPath: daemon.folder("home/incoming/halves.yaml")))
    try writer.seekToEnd()
    try writer.write(contentsOf: Data("me: halves\n".utf8))
    try writer.close()
    try daemon.wait(for: "the job") { daemon.names("done").count == 1 }
    #expect(daemon.names("rejected").isEmpty)
  }

  @Test func stoppingPutsTheJobBackAndTheNextStartFinishesIt() throws {
    let daemon = try TestDaemon()
    try daemon.drop("a.yaml", "name: a\nsleep: 60\n")
    try daemon.wait(for: "the trainer") { daemon.text("runs/000001-a/progress.json") != nil }
    #expect(daemon.stop() == 0)
    #expect(daemon.names("queued") == ["000001-a.yaml"])
    #expect(daemon.marks("stop", of: "000001-a") == 1)
    #expect(!daemon.hasLivingTrainer)
    try daemon.start()
    try daemon.wait(for: "the end") { daemon.names("done") == ["000001-a.yaml"] }
    #expect(daemon.marks("finish", of: "000001-a") == 1)
  }

  @Test func aTrainerThatDoesNotStopIsKilled() throws {
    let daemon = try TestDaemon(starting: false)
    try daemon.drop("a.yaml", "name: a\nsleep: 60\ndeaf: yes\n")
    try daemon.start(["--grace", "0.3"])
    try daemon.wait(for: "the trainer") { daemon.text("runs/000001-a/progress.json") != nil }
    #expect(daemon.stop() == 0)
    #expect(daemon.names("queued") == ["000001-a.yaml"])
    #expect(!daemon.hasLivingTrainer)
  }

  @Test func aCrashIsRetriedAndManyFailTheJob() throws {
    let daemon = try TestDaemon()
    try daemon.drop("twice.yaml", "name: twice\ncrashes: 2\n")
    try daemon.wait(for: "the end") { daemon.names("done").count == 1 }
    #expect(daemon.marks("start", of: "000001-twice") == 3)
    let history = try #require(daemon.text("runs/000001-twice/history.jsonl"))
    #expect(history.components(separatedBy: #""state":"deferred""#).count == 3)
    try daemon.drop("always.yaml", "name: always\ncrashes: 99\n")
    try daemon.wait(for: "the failure") { daemon.names("failed").count == 1 }
    #expect(daemon.marks("start", of: "000002-always") == 4)
  }

  @Test func aKilledDaemonLeavesNoOrphanAndItsSuccessorFinishes() throws {
    let daemon = try TestDaemon()
    try daemon.drop("a.yaml", "name: a\nsleep: 60\n")
    try daemon.wait(for: "the trainer") { daemon.text("runs/000001-a/progress.json") != nil }
    daemon.kill()
    try daemon.wait(for: "the trainer's end") { !daemon.hasLivingTrainer }
    #expect(daemon.names("running") == ["000001-a.yaml"])
    try daemon.start()
    try daemon.wait(for: "the end") { daemon.names("done") == ["000001-a.yaml"] }
    #expect(daemon.marks("start", of: "000001-a") == 2)
    #expect(daemon.marks("finish", of: "000001-a") == 1)
  }

  @Test func aTrainerThatOutlivedItsDaemonIsEndedBeforeAnotherBegins() throws {
    let daemon = try TestDaemon()
    try daemon.drop("a.yaml", "name: a\nsleep: 60\ndeaf: yes\n")
    try daemon.wait(for: "the trainer") { daemon.text("runs/000001-a/progress.json") != nil }
    daemon.kill()
    #expect(daemon.hasLivingTrainer)
    try daemon.start(["--grace", "0.3"])
    try daemon.wait(for: "the end") { daemon.names("done") == ["000001-a.yaml"] }
    #expect(daemon.log.contains("still has a trainer"))
    #expect(daemon.marks("start", of: "000001-a") == 2)
    #expect(daemon.marks("finish", of: "000001-a") == 1)
    #expect(!daemon.hasLivingTrainer)
  }

  @Test func aSecondDaemonIsRefusedAndSaysWhoServes() throws {
    let daemon = try TestDaemon()
    let error = Pipe()
    let second = Process()
    second.executableURL = URL(fileURLWithPath: TestDaemon.program("kilnd"))
    second.arguments = ["--home", daemon.home, "--kiln", TestDaemon.fakeKiln]
    second.standardError = error
    try second.run()
    second.waitUntilExit()
    #expect(second.terminationStatus == 75)
    let text = String(decoding: error.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let holder = try #require(daemon.text("kilnd.lock")?.dropLast())
    #expect(text.contains("served by another kilnd (process \(holder))"))
    #expect(daemon.isRunning)
  }

  @Test func manyFilesDroppedBeforeTheStartAreEachHandledOnce() throws {
    let daemon = try TestDaemon(starting: false)
    let count = 500
    for number in 0..<count {
      // Every tenth is no job; every job fails at once.
      try daemon.drop("\(number).yaml", number % 10 == 0 ? "nonsense\n" : "name: j\(number)\nexit: 65\n")
    }
    try daemon.start()
    try daemon.wait(for: "the last of them") {
      daemon.names("rejected").count == count / 5 && daemon.names("incoming").isEmpty
    }
    #expect(daemon.stop() == 0)
    let jobs = ["queued", "done", "failed"].flatMap { daemon.names($0) }
    let expected = (0..<count).filter { $0 % 10 != 0 }.map { "j\($0).yaml" }
    #expect(Set(jobs.map { String($0.dropFirst(7)) }) == Set(expected))
    #expect(jobs.count == expected.count)
    #expect(Set(jobs.compactMap { Int($0.prefix(6)) }) == Set(1...expected.count))
    #expect(daemon.names("runs").count == expected.count)
  }
}
