import Foundation
import TemporaryFolder
import Testing

/// Real programs on a disk that takes its time: `Fixtures/daemon/slow-disk.c`, loaded before the C library.
@Suite(.serialized)
struct SlowDiskTests {
  /// The environment in which calls about paths with `part` take so many seconds.
  ///
  /// - Parameter calls: see `slow-disk.c`.
  static func slow(_ calls: String, _ part: String, _ seconds: Double, in folder: TemporaryFolder) throws -> [String:
    String]
  {
    let source = "\(RealTrainerTests.root)/Tests/Fixtures/daemon/slow-disk.c"
    let library = folder("slow-disk.so")
    let made = try RealTrainerTests.run(
      "/usr/bin/env", ["clang", "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"])
    try #require(made.status == 0, "\(made.output)")
    return ["LD_PRELOAD": library, "SLOW_CALLS": calls, "SLOW_PATH": part, "SLOW_SECONDS": String(seconds)]
  }

  private func history(_ daemon: TestDaemon) -> String { daemon.text("runs/000001-tiny/history.jsonl") ?? "" }

  /// The trainer looks at all images before its first step, which takes more than twice as long as a hang.
  @Test func aFirstLookMayTakeLongerThanAHang() throws {
    let daemon = try TestDaemon(starting: false)
    try RealTrainerTests.makeImages(in: daemon.folder)
    try daemon.drop("tiny.yaml", RealTrainerTests.job(epochs: 1))
    let slow = try Self.slow("open", "/data/tiny/", 0.8, in: daemon.folder)
    try daemon.start(
      ["--data-root", daemon.folder("data"), "--kiln", TestDaemon.program("kiln"), "--stall", "3"], environment: slow)
    try daemon.wait(for: "the count of images") {
      daemon.text("runs/000001-tiny/progress.json")?.contains("\"toPrepare\":48") == true
    }
    try daemon.wait(for: "the end") { daemon.names("done").count == 1 || history(daemon).contains("hang") }
    #expect(daemon.names("done") == ["000001-tiny.yaml"])
    #expect(!history(daemon).contains("hang"))
  }

  /// One image never comes; the others do, and then nothing more happens.
  @Test func aTrainerThatHangsOnAnImageIsFound() throws {
    let daemon = try TestDaemon(starting: false)
    try RealTrainerTests.makeImages(in: daemon.folder)
    let images = try FileManager.default.subpathsOfDirectory(atPath: daemon.folder("data/tiny"))
    let one = try #require(images.filter { $0.hasSuffix(".png") }.sorted().first)
    try daemon.drop("tiny.yaml", RealTrainerTests.job(epochs: 1).replacing("validation: 0.25", with: "validation: 0"))
    let slow = try Self.slow("open", one, 600, in: daemon.folder)
    try daemon.start(
      ["--data-root", daemon.folder("data"), "--kiln", TestDaemon.program("kiln"), "--stall", "2", "--crashes", "1"],
      environment: slow)
    try daemon.wait(for: "the failure") { daemon.names("failed").count == 1 }
    #expect(history(daemon).contains("it hangs"))
    #expect(!daemon.hasLivingTrainer)
  }

  /// Something never comes: behind the training images one to validate or one to test, which are looked at before the
  /// first step too; or the disk's word that a checkpoint is written.
  @Test(arguments: [
    ("preparing", "open", "/data/valid/"), ("preparing", "open", "/data/held/"), ("saving", "sync", "/checkpoints/"),
  ])
  func aTrainerThatHangsLaterIsFound(state: String, calls: String, part: String) throws {
    let daemon = try TestDaemon(starting: false)
    try RealTrainerTests.makeImages(in: daemon.folder)
    var table = "path,label,split\n"
    for (part, folder) in [("train", "learnt"), ("validation", "valid"), ("test", "held")] {
      try FileManager.default.copyItem(
        atPath: daemon.folder("data/tiny/discs"), toPath: daemon.folder("data/\(folder)"))
      for image in 0..<8 { table += "\(folder)/000\(image).png,\(image % 2),\(part)\n" }
    }
    try daemon.folder.write(table, to: "data/labels.csv")
    let job = RealTrainerTests.job(epochs: 1).replacing(
      "images: tiny, validation: 0.25", with: "images: ., labels: labels.csv, normalize: none, cache: false")
    try daemon.drop("tiny.yaml", job)
    try daemon.start(
      [
        "--data-root", daemon.folder("data"), "--kiln", TestDaemon.program("kiln"), "--stall", "3", "--grace", "0.5",
        "--crashes", "1",
      ], environment: try Self.slow(calls, part, 600, in: daemon.folder))
    try daemon.wait(for: "the failure") { daemon.names("failed").count == 1 }
    #expect(history(daemon).contains("it hangs"))
    #expect(daemon.text("runs/000001-tiny/progress.json")?.contains("\"state\":\"\(state)\"") == true)
    #expect(!daemon.hasLivingTrainer)
  }

  /// In the middle of training, with a trainer that does not hear that it is to stop.
  @Test func aTrainerThatHangsInTrainingIsFound() throws {
    let daemon = try TestDaemon(starting: false)
    try RealTrainerTests.makeImages(in: daemon.folder)
    try daemon.drop("tiny.yaml", RealTrainerTests.job(epochs: 9999))
    try daemon.start([
      "--data-root", daemon.folder("data"), "--kiln", TestDaemon.program("kiln"), "--stall", "3", "--grace", "0.5",
    ])
    func lock() -> pid_t? { daemon.text("runs/000001-tiny/run.lock").flatMap { pid_t($0.dropLast()) } }
    try daemon.wait(for: "its steps") {
      daemon.text("runs/000001-tiny/progress.json")?.contains("\"state\":\"training\"") == true && lock() != nil
    }
    let trainer = try #require(lock())
    kill(trainer, SIGSTOP)
    try daemon.wait(for: "the hang") { history(daemon).contains("it hangs") }
    try daemon.wait(for: "its end") { !TestDaemon.isAlive(trainer) }
    try daemon.wait(for: "the next attempt") { lock().map { $0 != trainer && TestDaemon.isAlive($0) } ?? false }
  }

  /// From the drop to the end of a job, with a disk of which each call takes longer than the service manager waits.
  @Test(arguments: ["sync", "rename", "statvfs"])
  func theServiceManagerHearsOfTheLoopHoweverSlowTheDisk(calls: String) throws {
    let daemon = try TestDaemon(starting: false)
    let socket = NotifySocket(path: daemon.folder("notify"))
    var environment = try Self.slow(calls, "/home/", 1.5, in: daemon.folder)
    environment["NOTIFY_SOCKET"] = daemon.folder("notify")
    environment["WATCHDOG_USEC"] = "900000"
    try daemon.start(environment: environment)
    _ = try socket.wait(for: "WATCHDOG=1")
    try daemon.drop("a.yaml", "name: a\n")
    let silence = try socket.longestSilence { daemon.names("done") == ["000001-a.yaml"] }
    #expect(silence < 0.9)
    #expect(daemon.stop() == 0)
  }

  /// The first batch takes some seconds of computing, and the daemon gives a minute.
  @Test func aBatchThatTakesLongIsSavedIfTheDaemonHasTheTime() throws {
    let folder = try TemporaryFolder()
    try RealTrainerTests.makeImages(in: folder)
    let job = RealTrainerTests.job(epochs: 9).replacing("validation: 0.25,", with: "validation: 0, normalize: none,")
      .replacing("channels: 6, kernel: 7, stride: 4", with: "channels: 96, kernel: 7").replacing(
        "batchSize: 16", with: "batchSize: 48")
    try folder.write(job, to: "data/job.yaml")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: TestDaemon.program("kiln"))
    process.arguments = [
      "train", folder("data/job.yaml"), "--output", folder("run"), "--cache", folder("cache"), "--supervised",
    ]
    process.environment = ProcessInfo.processInfo.environment
      .merging(["KILN_GRACE_SECONDS": "60"]) { $1 }
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    for _ in 0..<6000 where folder.text("run/progress.json")?.contains("\"state\":\"training\"") != true {
      usleep(10_000)
    }
    kill(process.processIdentifier, SIGTERM)
    process.waitUntilExit()
    #expect(process.terminationStatus == 75)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder("run/latest")) == "checkpoints/00000001")
  }
}
