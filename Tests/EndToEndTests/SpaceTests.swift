import Foundation
import TemporaryFolder
import Testing

/// A home on a file system of eight megabytes that fills and is emptied again.
@Suite(.serialized, .enabled(if: getuid() == 0, "only root can mount a small file system"))
struct SpaceTests {
  /// A daemon whose home is a mount of its own, gone with the value.
  private final class SmallHome {
    let daemon: TestDaemon

    init() throws {
      daemon = try TestDaemon(starting: false)
      let mounted = try RealTrainerTests.run(
        "/usr/bin/env", ["mount", "-t", "tmpfs", "-o", "size=8m", "kiln-test", daemon.home])
      #expect(mounted.status == 0, "\(mounted.output)")
      try FileManager.default.createDirectory(atPath: daemon.folder("home/incoming"), withIntermediateDirectories: true)
    }

    deinit {
      daemon.kill()
      _ = try? RealTrainerTests.run("/usr/bin/env", ["umount", "-l", daemon.home])
    }

    /// Takes all space, whoever else writes meanwhile.
    func fill() throws {
      _ = try RealTrainerTests.run("/bin/sh", ["-c", "cat /dev/zero >\"$0\"", daemon.folder("home/ballast")])
    }

    /// Takes all space but so many bytes.
    func fill(leaving rest: Int) throws {
      let free = try #require(
        FileManager.default.attributesOfFileSystem(forPath: daemon.home)[.systemFreeSize] as? Int)
      try Data(count: max(0, free - rest)).write(to: URL(fileURLWithPath: daemon.folder("home/ballast")))
    }

    func empty() throws { try FileManager.default.removeItem(atPath: daemon.folder("home/ballast")) }
  }

  /// Its wait alone would last for ten minutes.
  @Test func aJobThatRanOutOfSpaceGoesOnAsSoonAsThereIsSome() throws {
    let home = try SmallHome()
    let daemon = home.daemon
    try home.fill(leaving: 2 << 20)
    try daemon.drop("a.yaml", "name: a\nfull: 1\n")
    try daemon.start(["--retry-after", "600", "--reserve", "1"])
    try daemon.wait(for: "the deferral") { daemon.names("deferred") == ["000001-a.yaml"] }
    try home.empty()
    try daemon.wait(for: "the end") { daemon.names("done") == ["000001-a.yaml"] }
    #expect(daemon.text("runs/000001-a/history.jsonl")?.contains("there is space again") == true)
  }

  @Test func nothingIsStartedBelowTheReserve() throws {
    let home = try SmallHome()
    let daemon = home.daemon
    try home.fill(leaving: 2 << 20)
    try daemon.drop("a.yaml", "name: a\n")
    try daemon.start(["--reserve", "4"])
    try daemon.wait(for: "the word of it") { daemon.log.contains("nothing is started, waiting for space") }
    #expect(daemon.names("queued") == ["000001-a.yaml"])
    try home.empty()
    try daemon.wait(for: "the end") { daemon.names("done") == ["000001-a.yaml"] }
    #expect(daemon.log.components(separatedBy: "nothing is started").count == 2)
  }

  /// Not a byte is left: neither can a job be accepted nor can a running one's end be recorded.
  @Test func aFullDiskDelaysAndLosesNothing() throws {
    let home = try SmallHome()
    let daemon = home.daemon
    try daemon.drop("a.yaml", "name: a\nsleep: 2\n")
    try daemon.start(["--reserve", "0"])
    try daemon.wait(for: "the trainer") { daemon.text("runs/000001-a/progress.json") != nil }
    try daemon.drop("b.yaml", "name: b\n")
    try home.fill()
    try daemon.wait(for: "the first complaint") { daemon.log.contains("No space left on device") }
    #expect(daemon.names("done").count + daemon.names("running").count + daemon.names("queued").count >= 1)
    try home.empty()
    try daemon.wait(for: "the ends") { daemon.names("done").count == 2 && daemon.names("incoming").isEmpty }
    #expect(daemon.names("rejected").isEmpty && daemon.names("failed").isEmpty)
  }
}
