import Foundation
import TemporaryFolder
import Testing

/// The commands that look at a home and speak to its daemon.
@Suite(.serialized)
struct CommandTests {
  private func kiln(_ arguments: [String]) throws -> (status: Int32, output: String) {
    let output = Pipe()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: TestDaemon.program("kiln"))
    process.arguments = arguments
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }

  private struct Listing: Decodable {
    struct Job: Decodable {
      var id: String
      var name: String
      var state: String
      var attempt: Int
      var epoch: Int?
      var step: Int?
    }
    var jobs: [Job]
    var counts: [String: Int]
    var daemon: Int32?
  }

  private func listing(_ daemon: TestDaemon) throws -> Listing {
    let text = try kiln(["status", "--json", "--home", daemon.home]).output
    return try JSONDecoder().decode(Listing.self, from: Data(text.utf8))
  }

  @Test func statusTellsTheStateWithAndWithoutADaemon() throws {
    let daemon = try TestDaemon()
    try daemon.drop("bad.yaml", "nonsense\n")
    try daemon.drop("a.yaml", "name: Solar Cells\nsleep: 60\n")
    try daemon.wait(for: "the trainer") {
      daemon.text("runs/000001-solar-cells/progress.json") != nil && daemon.names("rejected").count == 2
    }
    let running = try listing(daemon)
    #expect(running.daemon != nil)
    let job = try #require(running.jobs.first)
    #expect(job.id == "000001-solar-cells" && job.name == "Solar Cells" && job.state == "running")
    #expect(job.attempt == 1 && job.epoch == 1 && job.step == 1)
    #expect(running.counts["rejected"] == 1)
    #expect(daemon.stop() == 0)
    let stopped = try listing(daemon)
    #expect(stopped.daemon == nil)
    #expect(stopped.jobs.map(\.state) == ["queued"])
    let table = try kiln(["status", "--home", daemon.home]).output
    #expect(table.contains("000001-solar-cells") && table.contains("kilnd is not running"))
    #expect(try kiln(["status", "1", "--home", daemon.home]).output.contains("attempt 1 begins"))
    #expect(try #require(daemon.text("status.json")).contains(#""rejected":1"#))
  }

  @Test func whatIsNotThereIsNoInput() throws {
    let daemon = try TestDaemon()
    #expect(try kiln(["status", "9", "--home", daemon.home]).status == 66)
    #expect(try kiln(["cancel", "9", "--home", daemon.home]).status == 66)
    #expect(try kiln(["status", "--home", daemon.folder("nowhere")]).status == 66)
  }

  @Test func cancelEndsARunningJob() throws {
    let daemon = try TestDaemon()
    try daemon.drop("a.yaml", "name: a\nsleep: 60\n")
    try daemon.wait(for: "the trainer") { daemon.text("runs/000001-a/progress.json") != nil }
    #expect(try kiln(["cancel", "000001-a", "--home", daemon.home]).status == 0)
    try daemon.wait(for: "the cancellation") { daemon.names("cancelled") == ["000001-a.yaml"] }
    #expect(try kiln(["release", "1", "--home", daemon.home]).status == 66)
    #expect(try kiln(["retry", "1", "--home", daemon.home]).status == 0)
    try daemon.wait(for: "the end") { daemon.names("done") == ["000001-a.yaml"] }
  }
}
