import Foundation
import TemporaryFolder
import Testing

/// SIGTERM at `kiln train`.
@Suite struct StopTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try RealTrainerTests.makeImages(in: folder)
  }

  private func start(_ job: String) throws -> Process {
    try folder.write(job, to: "data/job.yaml")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: TestDaemon.program("kiln"))
    process.arguments = ["train", folder("data/job.yaml"), "--output", folder("run"), "--cache", folder("cache")]
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    return process
  }

  private func wait(for what: String, _ condition: () -> Bool) throws {
    let deadline = ContinuousClock.now + .seconds(60)
    while !condition() {
      try #require(ContinuousClock.now < deadline, "no sign of \(what)")
      usleep(1000)
    }
  }

  /// Neither an epoch nor its time was over: what is saved is where it stood.
  @Test func savesWhereItIsAndGoesOnFromThere() throws {
    let job = RealTrainerTests.job(epochs: 300)
    let process = try start(job)
    try wait(for: "a step") { folder.text("run/metrics.jsonl")?.contains("\"step\":7,") == true }
    kill(process.processIdentifier, SIGTERM)
    process.waitUntilExit()
    #expect(process.terminationStatus == 75)
    let rows = (folder.text("run/metrics.jsonl") ?? "").split(separator: "\n")
    let last = try #require(rows.last?.split(separator: ",").first { $0.hasPrefix("\"step\":") }?.dropFirst(7))
    let latest = try FileManager.default.destinationOfSymbolicLink(atPath: folder("run/latest"))
    #expect(latest.split(separator: "/").last.flatMap { Int($0) } == Int(last))
    #expect(folder.text("run/progress.json")?.contains("interrupted") == true)
  }

  /// There is nothing to save while the job is still being read.
  @Test func endsAtOnceBeforeTheFirstStep() throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: TestDaemon.program("kiln"))
    process.arguments = ["train", "-", "--output", folder("run")]
    let input = Pipe()
    process.standardInput = input
    try process.run()
    // Without its signal handlers it would die of the signal.
    try wait(for: "its handlers") {
      let status = (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)) ?? ""
      let mask = status.split(separator: "\n").first { $0.hasPrefix("SigBlk:") }?.split(separator: "\t").last
      return mask.flatMap { UInt64($0, radix: 16) }.map { $0 & (1 << UInt64(SIGTERM - 1)) != 0 } ?? false
    }
    kill(process.processIdentifier, SIGTERM)
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 75)
    #expect(folder.names().contains("run") == false)
    withExtendedLifetime(input) {}
  }
}
