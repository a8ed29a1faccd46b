import Foundation
import Glibc
import TemporaryFolder
import Testing

/// What a service manager, a journal and a monitoring system see of the daemon. `scripts/test-service` has a real systemd.
@Suite(.serialized)
struct ServiceTests {
  @Test func theServiceManagerHearsOfEveryStation() throws {
    let daemon = try TestDaemon(starting: false)
    let socket = NotifySocket(path: daemon.folder("notify"))
    try daemon.start(environment: ["NOTIFY_SOCKET": daemon.folder("notify"), "WATCHDOG_USEC": "300000"])
    #expect(try socket.wait(for: "READY=1") == "READY=1")
    _ = try socket.wait(for: "WATCHDOG=1")
    try daemon.drop("a.yaml", "name: a\nsleep: 60\n")
    _ = try socket.wait(for: "STATUS=000001-a epoch 1/2, step 1/9, 3 s left")
    // A hung daemon says nothing more.
    daemon.signal(SIGSTOP)
    usleep(50_000)
    while recv(socket.descriptor, nil, 0, Int32(MSG_DONTWAIT)) >= 0 {}
    var polled = pollfd(fd: socket.descriptor, events: Int16(POLLIN), revents: 0)
    #expect(poll(&polled, 1, 1000) == 0)
    daemon.signal(SIGCONT)
    _ = try socket.wait(for: "WATCHDOG=1")
    #expect(daemon.stop() == 0)
    _ = try socket.wait(for: "STOPPING=1")
    #expect(daemon.text("runs/000001-a/train.log")?.contains("NOTIFY_SOCKET") == false)
  }

  /// It restarts a daemon from which it hears nothing for the whole interval, and asks to be told twice as often.
  @Test func theServiceManagerHearsOfTheLoopInTime() throws {
    let daemon = try TestDaemon(starting: false)
    let socket = NotifySocket(path: daemon.folder("notify"))
    try daemon.start(environment: ["NOTIFY_SOCKET": daemon.folder("notify"), "WATCHDOG_USEC": "3000000"])
    _ = try socket.wait(for: "WATCHDOG=1")
    for _ in 0..<2 {
      let start = ContinuousClock.now
      _ = try socket.wait(for: "WATCHDOG=1")
      #expect(ContinuousClock.now - start < .seconds(3))
    }
  }

  @Test func theTrainerIsNotToldOfTheServiceManager() throws {
    let daemon = try TestDaemon(starting: false)
    try daemon.start(environment: ["NOTIFY_SOCKET": daemon.folder("nobody"), "WATCHDOG_USEC": "1000000"])
    try daemon.drop("a.yaml", "name: a\nsleep: 60\n")
    try daemon.wait(for: "the trainer") { !daemon.trainers.isEmpty }
    let environment = try String(
      contentsOfFile: "/proc/\(try #require(daemon.trainers.first))/environ", encoding: .utf8)
    #expect(environment.contains("KILN_LIFELINE_FD=") && !environment.contains("NOTIFY_SOCKET"))
    #expect(!environment.contains("WATCHDOG_USEC"))
  }

  @Test func theJournalGetsPriorities() throws {
    let daemon = try TestDaemon(starting: false)
    let script = "JOURNAL_STREAM=$(stat -L -c %d:%i /dev/stderr) exec \"$@\""
    try daemon.start(through: ["sh", "-c", script, "sh"])
    try daemon.drop("bad.yaml", "nonsense\n")
    try daemon.wait(for: "the rejection") { daemon.log.contains("<5>rejected/bad.yaml") }
    #expect(daemon.log.hasPrefix("<6>serving "))
    #expect(daemon.stop() == 0)
  }

  @Test func theMonitorGetsFigures() throws {
    let daemon = try TestDaemon()
    try daemon.drop("a.yaml", "name: a\nsleep: 60\n")
    try daemon.wait(for: "its figures") {
      daemon.text("metrics.prom")?.contains(#"kiln_job_step{id="000001-a",name="a"} 1"#) == true
    }
    #expect(daemon.text("metrics.prom")?.contains(#"kiln_jobs{state="running"} 1"#) == true)
    let status = try #require(daemon.text("status.json"))
    let object = try #require(JSONSerialization.jsonObject(with: Data(status.utf8)) as? [String: Any])
    let running = try #require((object["running"] as? [[String: Any]])?.first)
    #expect(running["step"] as? Int == 1 && running["secondsLeft"] as? Int == 3)
    #expect(try #require(object["freeBytes"] as? Int) > 0)
    // What ends while the daemon serves is counted, not only what it finds at its start.
    try daemon.drop("b.yaml", "name: b\npriority: 90\nexit: 65\n")
    try daemon.wait(for: "the second") { daemon.names("queued").count == 1 }
    #expect(daemon.stop() == 0)
    try daemon.wait(for: "the last figures") {
      daemon.text("metrics.prom")?.contains(#"kiln_jobs{state="queued"} 2"#) == true
    }
    try daemon.start()
    try daemon.wait(for: "the figures of what has ended") {
      daemon.text("metrics.prom")?.contains(#"kiln_jobs{state="done"} 1"#) == true
        && daemon.text("metrics.prom")?.contains(#"kiln_jobs{state="failed"} 1"#) == true
        && daemon.text("metrics.prom")?.contains(#"kiln_jobs{state="queued"} 0"#) == true
    }
    #expect(daemon.stop() == 0)
    #expect(daemon.text("status.json")?.contains(#""serving":false"#) == true)
  }

  private func check(_ daemon: TestDaemon, _ text: String) throws -> (status: Int32, output: String) {
    try daemon.folder.write(text, to: "kilnd.yaml")
    return try RealTrainerTests.run(
      TestDaemon.program("kilnd"), ["--check", "--config", daemon.folder("kilnd.yaml")])
  }

  @Test func theConfigurationIsCheckedAndUsed() throws {
    let daemon = try TestDaemon(starting: false)
    let good = try check(daemon, "home: \(daemon.home)\ndataRoots: [\(daemon.folder.path)]\njobs: 3\nstall: 77\n")
    #expect(good.status == 0)
    #expect(good.output.contains("3 at a time") && good.output.contains("after 77.0 s without a sign of work"))
    let misspelt = try check(daemon, "homee: /x\n")
    #expect(misspelt.status == 78 && misspelt.output.contains("did you mean `home`?"))
    let missing = try check(daemon, "dataRoots: [/no/such/folder]\n")
    #expect(missing.status == 78 && missing.output.contains("/no/such/folder is not a folder"))
    let noFile = try RealTrainerTests.run(TestDaemon.program("kilnd"), ["--check", "--config", "/no/such/file"])
    #expect(noFile.status == 78 && noFile.output.contains("/no/such/file"))
  }

  @Test func theUnitIsHardenedAndSound() throws {
    let unit = "\(RealTrainerTests.root)/systemd/kilnd.service"
    guard FileManager.default.isExecutableFile(atPath: "/usr/bin/systemd-analyze") else { return }
    let security = try RealTrainerTests.run(
      "/usr/bin/systemd-analyze", ["security", "--offline=true", "--threshold=4", unit])
    #expect(security.status == 0, "\(security.output.suffix(200))")
  }
}
