import Foundation
import TemporaryFolder
import Testing

/// Trainers that crash, hang and run out of space, under a real daemon.
@Suite(.serialized)
struct SupervisionTests {
  private func history(_ daemon: TestDaemon, _ id: String) -> String { daemon.text("runs/\(id)/history.jsonl") ?? "" }

  @Test func aTrainerThatMakesNoStepIsStoppedAndTriedAgain() throws {
    let daemon = try TestDaemon(starting: false)
    try daemon.drop("a.yaml", "name: a\nhangs: 1\n")
    try daemon.start(["--stall", "0.5"])
    try daemon.wait(for: "the end") { daemon.names("done") == ["000001-a.yaml"] }
    #expect(daemon.marks("stop", of: "000001-a") == 1)
    let rows = history(daemon, "000001-a")
    #expect(rows.contains("it hangs") && rows.contains(#""order":"restart""#))
    #expect(rows.contains(#""trouble":"hang""#))
  }

  @Test func aHungTrainerThatDoesNotListenIsKilledAndManyFailTheJob() throws {
    let daemon = try TestDaemon(starting: false)
    try daemon.drop("a.yaml", "name: a\nhangs: 99\ndeaf: yes\n")
    try daemon.start(["--stall", "0.4", "--grace", "0.2", "--crashes", "2"])
    try daemon.wait(for: "the failure") { daemon.names("failed") == ["000001-a.yaml"] }
    #expect(!daemon.hasLivingTrainer)
    try daemon.drop("b.yaml", "name: b\n")
    try daemon.wait(for: "the next job") { daemon.names("done") == ["000002-b.yaml"] }
  }

  @Test func theHistoryTellsTroublesApart() throws {
    let daemon = try TestDaemon()
    try daemon.drop("kill.yaml", "name: kill\ncrashes: 1\n")
    try daemon.drop("segv.yaml", "name: segv\ncrashes: 1\nsignal: SEGV\n")
    try daemon.drop("exit.yaml", "name: exit\nexit: 3\n")
    try daemon.wait(for: "the ends") { daemon.names("done").count == 2 && daemon.names("failed").count == 1 }
    try daemon.wait(for: "the last row") { self.troubles(daemon)["exit"] == "crash" }
    #expect(troubles(daemon) == ["kill": "out-of-memory", "segv": "signal", "exit": "crash"])
  }

  /// The first trouble in the history of each job, by the job's name.
  private func troubles(_ daemon: TestDaemon) -> [String: String] {
    var troubles: [String: String] = [:]
    for id in daemon.names("runs") {
      let row = history(daemon, id).split(separator: "\n").first { $0.contains("trouble") }
      let word = row?.components(separatedBy: #""trouble":""#).last?.prefix { $0 != "\"" }
      troubles[String(id.dropFirst(7))] = word.map(String.init)
    }
    return troubles
  }

  @Test func aJobWithoutSpaceWaitsAndItsWaitsAreNoCrashes() throws {
    let daemon = try TestDaemon(starting: false)
    try daemon.drop("a.yaml", "name: a\nfull: 3\n")
    try daemon.start(["--crashes", "2"])
    try daemon.wait(for: "the end") { daemon.names("done") == ["000001-a.yaml"] }
    let rows = history(daemon, "000001-a")
    #expect(rows.components(separatedBy: "waiting for space: no space left on device").count == 4)
    #expect(rows.contains(#""trouble":"space","waits":3"#))
  }

  @Test func whatOneAttemptSaidIsNotTakenForTheNextOnesReason() throws {
    let daemon = try TestDaemon()
    try daemon.drop("a.yaml", "name: a\nfull: 1\nexit: 65\nsilent: yes\n")
    try daemon.wait(for: "the end") { daemon.names("failed") == ["000001-a.yaml"] }
    try daemon.wait(for: "the reasons of both") { history(daemon, "000001-a").contains("did not say why") }
    #expect(history(daemon, "000001-a").components(separatedBy: "no space left on device").count == 2)
  }

  /// The daemon dies each time the job runs; as a service it would be given up after some restarts.
  @Test func aJobAtWhoseSideTheDaemonDiesAgainAndAgainIsSetAside() throws {
    let daemon = try TestDaemon(starting: false)
    try daemon.drop("poison.yaml", "name: poison\nhangs: 99\n")
    for attempt in 1...3 {
      try daemon.start(["--crashes", "3"])
      try daemon.wait(for: "attempt \(attempt)") { daemon.marks("start", of: "000001-poison") == attempt }
      daemon.kill()
      try daemon.wait(for: "the trainer's end") { !daemon.hasLivingTrainer }
    }
    try daemon.start(["--crashes", "3"])
    try daemon.wait(for: "the failure") { daemon.names("failed") == ["000001-poison.yaml"] }
    #expect(daemon.marks("start", of: "000001-poison") == 3)
    #expect(history(daemon, "000001-poison").contains("the daemon died while it ran"))
    try daemon.drop("b.yaml", "name: b\n")
    try daemon.wait(for: "the next job") { daemon.names("done") == ["000002-b.yaml"] }
  }

  @Test func severalJobsRunAtOnceAndShareTheCores() throws {
    let daemon = try TestDaemon(starting: false)
    for name in ["a", "b", "c"] { try daemon.drop("\(name).yaml", "name: \(name)\nsleep: 60\n") }
    try daemon.start(["--jobs", "2"])
    try daemon.wait(for: "two trainers") {
      daemon.names("running").count == 2 && daemon.names("queued").count == 1
        && daemon.names("running").allSatisfy { daemon.text("runs/\($0.dropLast(5))/progress.json") != nil }
    }
    let share = max(1, ProcessInfo.processInfo.activeProcessorCount / 2)
    for job in daemon.names("running") {
      #expect(daemon.text("runs/\(job.dropLast(5))/train.log")?.contains("--threads \(share)\n") == true)
    }
    #expect(daemon.stop() == 0)
    #expect(daemon.names("queued").count == 3)
  }

  /// Ten years ahead when the job was deferred, and set right since; and the other way round.
  @Test(arguments: [3.15e8, -3.15e8])
  func aClockThatWasTenYearsWrongMakesNobodyWait(jump: Double) throws {
    let daemon = try TestDaemon()
    try daemon.drop("a.yaml", "name: a\nfull: 1\n")
    try daemon.wait(for: "the end") { daemon.names("done").count == 1 }
    #expect(daemon.stop() == 0)
    let now = Date().timeIntervalSince1970
    try daemon.folder.write(
      history(daemon, "000001-a").replacing(/"until":[0-9.]+/, with: "\"until\":\(now + jump)")
        .components(separatedBy: "\n").prefix { !$0.contains("the wait is over") }.joined(separator: "\n") + "\n",
      to: "home/runs/000001-a/history.jsonl")
    try FileManager.default.moveItem(
      atPath: daemon.folder("home/done/000001-a.yaml"), toPath: daemon.folder("home/deferred/000001-a.yaml"))
    try daemon.start()
    try daemon.wait(for: "the end") { daemon.names("done").count == 1 }
    #expect(daemon.marks("finish", of: "000001-a") == 2)
  }
}
