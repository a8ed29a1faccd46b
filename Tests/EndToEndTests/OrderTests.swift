import Foundation
import TemporaryFolder
import Testing

/// Which job runs when, and what people change about it.
@Suite(.serialized)
struct OrderTests {
  private func kiln(_ arguments: [String], _ daemon: TestDaemon) throws -> Int32 {
    try RealTrainerTests.run(TestDaemon.program("kiln"), arguments + ["--home", daemon.home]).status
  }

  /// The names of the jobs in the order in which their trainers began.
  private func begun(_ daemon: TestDaemon) -> [String] {
    daemon.log.split(separator: "\n").filter { $0.contains("queued -> running") }
      .compactMap { $0.split(separator: " ").first { $0.hasPrefix("0000") }.map { String($0.dropFirst(7)) } }
  }

  @Test func thePriorityAndThenTheOrderOfArrivalDecide() throws {
    let daemon = try TestDaemon(starting: false)
    #expect(try kiln(["drain"], daemon) == 66)
    try daemon.start()
    #expect(try kiln(["drain"], daemon) == 0)
    for (name, priority) in [("a", 10), ("b", 50), ("c", 90), ("d", 50), ("e", 0)] {
      try daemon.drop("\(name).yaml", "name: \(name)\npriority: \(priority)\n")
      try daemon.wait(for: name) { daemon.names("queued").contains { $0.hasSuffix("-\(name).yaml") } }
    }
    #expect(try kiln(["reprioritize", "5", "70"], daemon) == 0)
    #expect(try kiln(["reprioritize", "5", "101"], daemon) == 64)
    #expect(daemon.names("running").isEmpty)
    #expect(try kiln(["resume"], daemon) == 0)
    try daemon.wait(for: "the ends") { daemon.names("done").count == 5 }
    #expect(begun(daemon) == ["c", "e", "b", "d", "a"])
  }

  @Test func drainingFinishesWhatRunsAndOutlastsTheDaemon() throws {
    let daemon = try TestDaemon()
    try daemon.drop("a.yaml", "name: a\nsleep: 2\n")
    try daemon.wait(for: "the trainer") { daemon.text("runs/000001-a/progress.json") != nil }
    #expect(try kiln(["drain"], daemon) == 0)
    try daemon.drop("b.yaml", "name: b\n")
    try daemon.wait(for: "the running one's end") { daemon.names("done") == ["000001-a.yaml"] }
    try daemon.wait(for: "the second") { daemon.names("queued") == ["000002-b.yaml"] }
    #expect(daemon.stop() == 0)
    try daemon.start()
    try daemon.wait(for: "the word of it") { daemon.log.contains("draining") }
    #expect(daemon.names("queued") == ["000002-b.yaml"])
    #expect(try kiln(["resume"], daemon) == 0)
    try daemon.wait(for: "the second's end") { daemon.names("done").count == 2 }
  }

  @Test func requestsMadeWhileTheDaemonIsDownAreCarriedOutInTheirOrder() throws {
    let daemon = try TestDaemon(starting: false)
    try daemon.drop("a.yaml", "name: a\n")
    try daemon.drop("b.yaml", "name: b\n")
    try FileManager.default.createDirectory(atPath: daemon.folder("home/requests"), withIntermediateDirectories: true)
    try daemon.folder.write("", to: "home/requests/drain")
    try daemon.start()
    try daemon.wait(for: "both") { daemon.names("queued").count == 2 }
    #expect(daemon.stop() == 0)
    let (a, b) = ("1", "2")
    #expect(try kiln(["hold", a], daemon) == 0)
    // Only the hold that is not yet carried out makes this one possible.
    #expect(try kiln(["release", a], daemon) == 0)
    #expect(try kiln(["release", a], daemon) == 66)
    #expect(try kiln(["cancel", b], daemon) == 0)
    #expect(try kiln(["retry", b], daemon) == 0)
    #expect(try kiln(["hold", b], daemon) == 0)
    try daemon.start()
    try daemon.wait(for: "the last request") { daemon.names("requests") == ["drain"] }
    #expect(daemon.names("held") == ["000002-b.yaml"])
    #expect(daemon.names("queued") == ["000001-a.yaml"])
  }
}
