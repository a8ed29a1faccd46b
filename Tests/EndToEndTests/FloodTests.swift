import Foundation
import TemporaryFolder
import Testing

/// More files at once than the kernel's queue of notices holds: 16,384, and each file gives two or three.
@Suite(.serialized)
struct FloodTests {
  private func flood(_ daemon: TestDaemon, _ count: Int) throws {
    for number in 0..<count { try daemon.drop("\(number).yaml", "name: j\(number)\n") }
  }

  private func expectEachOnce(_ daemon: TestDaemon, _ count: Int) throws {
    try daemon.wait(for: "the last of them") {
      daemon.names("incoming").isEmpty && daemon.names("queued").count == count
    }
    let queued = daemon.names("queued")
    #expect(Set(queued.map { $0.dropFirst(7) }) == Set((0..<count).map { "j\($0).yaml" }))
    #expect(Set(queued.compactMap { Int($0.prefix(6)) }) == Set(1...count))
    #expect(daemon.names("runs").count == count)
    // In kilobytes; before the flood it is some twenty thousand.
    #expect(try #require(daemon.kernelFigure("VmHWM")) < 200_000)
  }

  /// Ten thousand jobs and more cost nothing while they wait: the daemon sleeps.
  private func expectNoIdleWork(_ daemon: TestDaemon) throws {
    let switches = try #require(daemon.kernelFigure("voluntary_ctxt_switches"))
    let clock = ContinuousClock()
    let end = clock.now + .seconds(3)
    while clock.now < end { usleep(100_000) }
    #expect(try #require(daemon.kernelFigure("voluntary_ctxt_switches")) - switches <= 5)
  }

  @Test func droppedWhileTheDaemonIsDown() throws {
    let count = 20_000
    let daemon = try TestDaemon(starting: false)
    try daemon.drain()
    try flood(daemon, count)
    try daemon.start()
    try expectEachOnce(daemon, count)
    try expectNoIdleWork(daemon)
  }

  @Test func droppedWhileTheDaemonCannotListen() throws {
    let count = 9_000
    let daemon = try TestDaemon(starting: false)
    try daemon.drain()
    try daemon.start()
    daemon.signal(SIGSTOP)
    try flood(daemon, count)
    daemon.signal(SIGCONT)
    try expectEachOnce(daemon, count)
  }
}
