import Foundation
import TemporaryFolder
import Testing

/// What cannot be a job file, by what it is. That the daemon goes on is shown each time by a job that follows.
@Suite(.serialized)
struct HostileFileTests {
  private func expectItGoesOn(_ daemon: TestDaemon) throws {
    let done = daemon.names("done").count
    try daemon.drop("after.yaml", "name: after\n")
    try daemon.wait(for: "the job after") { daemon.names("done").count == done + 1 }
  }

  private func expectRejection(_ name: String, saying reason: String, _ daemon: TestDaemon) throws {
    try daemon.wait(for: "the rejection of \(name)") { daemon.rejected.contains(name) }
    let stem = name.components(separatedBy: ".yaml")[0]
    let report = try #require(daemon.text("rejected/\(stem).error.txt"))
    #expect(report.contains(reason) && report.split(separator: "\n").count == 1, "\(report)")
    try expectItGoesOn(daemon)
  }

  @Test func aSocket() throws {
    let daemon = try TestDaemon()
    let made = try RealTrainerTests.run(
      "/usr/bin/env",
      [
        "python3", "-c", "import socket,sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])",
        daemon.folder("home/incoming/s.yaml"),
      ])
    #expect(made.status == 0, "\(made.output)")
    try expectRejection("s.yaml", saying: "a socket", daemon)
  }

  @Test(.enabled(if: getuid() == 0, "only root can make devices"), arguments: [mode_t(S_IFCHR), mode_t(S_IFBLK)])
  func aDevice(kind: mode_t) throws {
    let daemon = try TestDaemon()
    // /dev/zero, which never ends, and /dev/ram0.
    let number = kind == S_IFCHR ? dev_t(1 << 8 | 5) : dev_t(1 << 8)
    #expect(mknod(daemon.folder("home/incoming/d.yaml"), kind | 0o666, number) == 0)
    try expectRejection("d.yaml", saying: "a device", daemon)
  }

  @Test func aLinkThatLeadsNowhereAndOneToItself() throws {
    let daemon = try TestDaemon()
    #expect(symlink("/nowhere", daemon.folder("home/incoming/a.yaml")) == 0)
    #expect(symlink("b.yaml", daemon.folder("home/incoming/b.yaml")) == 0)
    try expectRejection("a.yaml", saying: "a symbolic link", daemon)
    try expectRejection("b.yaml", saying: "a symbolic link", daemon)
  }

  @Test func anEmptyFile() throws {
    let daemon = try TestDaemon()
    try daemon.drop("empty.yaml", "")
    try daemon.wait(for: "the rejection") { daemon.rejected == ["empty.yaml"] }
    try expectItGoesOn(daemon)
  }

  /// Sparse: it takes no space, but whoever reads it needs a gigabyte.
  @Test func aFileOfAGigabyte() throws {
    let daemon = try TestDaemon()
    try daemon.drop("huge.yaml", "name: huge\n")
    #expect(truncate(daemon.folder("home/incoming/huge.yaml"), 1 << 30) == 0)
    try expectRejection("huge.yaml", saying: "1073741824 bytes", daemon)
    #expect(try #require(daemon.kernelFigure("VmHWM")) < 200 << 10)
  }

  @Test func namesThatAreNoText() throws {
    let daemon = try TestDaemon()
    let folder = Array(daemon.folder("home/incoming/").utf8)
    for name in [[0xFF], [0xC3, 0x28], [0xED, 0xA0, 0x80]] as [[UInt8]] {
      let path = (folder + name + Array(".yaml".utf8) + [0]).map { CChar(bitPattern: $0) }
      let file = open(path, O_CREAT | O_WRONLY, 0o644)
      #expect(file >= 0)
      close(file)
    }
    try daemon.wait(for: "the rejections") { daemon.rejected.count == 3 }
    #expect(daemon.rejected == ["unreadable-name-2.yaml", "unreadable-name-3.yaml", "unreadable-name.yaml"])
    #expect(daemon.text("rejected/unreadable-name.error.txt")?.contains("not UTF-8") == true)
    try expectItGoesOn(daemon)
  }

  @Test func aFileThatTheDaemonMayNotRead() throws {
    let daemon = try TestDaemon(starting: false)
    try daemon.drop("secret.yaml", "name: secret\n")
    chmod(daemon.folder("home/incoming/secret.yaml"), 0)
    try startUnprivileged(daemon)
    try expectRejection("secret.yaml", saying: "may not read", daemon)
  }

  /// Another user's folder cannot be moved: it needs write access to the folder itself.
  @Test(.enabled(if: getuid() == 0, "needs two users"))
  func aFolderThatTheDaemonMayNotMove() throws {
    let daemon = try TestDaemon(starting: false)
    // Its name would write a line of its own into the log.
    let path = daemon.folder("home/incoming/mine\nfalse news.yaml")
    #expect(mkdir(path, 0o755) == 0)
    try startUnprivileged(daemon)
    #expect(chown(path, 0, 0) == 0)
    try daemon.wait(for: "the word of it") { daemon.log.contains("it is left where it is") }
    try expectItGoesOn(daemon)
    #expect(daemon.names("incoming") == ["mine\nfalse news.yaml"])
    #expect(!daemon.log.contains("\nfalse"))
    #expect(daemon.text("rejected/mine\nfalse news.error.txt")?.contains("a folder") == true)
    #expect(daemon.log.components(separatedBy: "left where it is").count == 2)
  }

  /// As nobody, if we are root: root may do everything.
  private func startUnprivileged(_ daemon: TestDaemon) throws {
    guard getuid() == 0 else { return try daemon.start() }
    let nobody = "65534"
    let given = try RealTrainerTests.run("/bin/chown", ["-R", "\(nobody):\(nobody)", daemon.home])
    #expect(given.status == 0)
    try daemon.start(through: ["setpriv", "--reuid", nobody, "--regid", nobody, "--clear-groups"])
  }

  @Test func whatIsSaidOfOtherBytesIsNotRepeated() throws {
    let daemon = try TestDaemon()
    try daemon.drop("a.yaml", "name: a\nvalidation: exchanged\n")
    try daemon.wait(for: "the end") { daemon.names("done").count == 1 }
    #expect(daemon.log.contains("was exchanged while it was validated"))
    #expect(daemon.rejected.isEmpty)
  }

  /// Other bytes, of the same length and with the old date: it is no job any more.
  @Test func whatIsOverwrittenWhileItIsValidatedIsJudgedAnew() throws {
    let daemon = try TestDaemon()
    try daemon.drop("a.yaml", "name: honest\nvalidation: overwritten\n")
    try daemon.wait(for: "the rejection") { daemon.rejected == ["a.yaml"] }
    #expect(daemon.text("rejected/a.yaml")?.hasPrefix("anzr: ") == true)
    #expect(daemon.names("runs").isEmpty)
  }

  /// Whoever dropped a file may have it open for ever.
  @Test func whatIsTrainedIsWhatWasValidated() throws {
    let daemon = try TestDaemon(starting: false)
    try daemon.drain()
    try daemon.drop("a.yaml", "name: honest\n")
    let reader = try #require(FileHandle(forReadingAtPath: daemon.folder("home/incoming/a.yaml")))
    try daemon.start()
    try daemon.wait(for: "the job") { daemon.names("queued") == ["000001-honest.yaml"] }
    let writer = try #require(FileHandle(forWritingAtPath: "/proc/self/fd/\(reader.fileDescriptor)"))
    try writer.write(contentsOf: Data("name: forged\n".utf8))
    try FileManager.default.removeItem(atPath: daemon.folder("home/requests/drain"))
    try daemon.wait(for: "the end") { daemon.names("done").count == 1 }
    #expect(daemon.text("done/000001-honest.yaml") == "name: honest\n")
    #expect(daemon.text("runs/000001-honest/edited.yaml") == "name: forged\n")
    #expect(daemon.text("runs/000001-honest/job.yaml") == "name: honest\n")
    #expect(daemon.text("runs/000001-honest/train.log")?.contains("runs/000001-honest/job.yaml") == true)
  }

  @Test func strangersInTheFoldersOfStatesAndRequests() throws {
    let daemon = try TestDaemon()
    for name in ["000009-x.cancel", "000009-x.priority-50"] {
      #expect(mkdir(daemon.folder("home/requests/\(name)"), 0o700) == 0)
    }
    #expect(symlink("/etc/passwd", daemon.folder("home/requests/000009-x.hold")) == 0)
    try daemon.folder.write("", to: "home/requests/000009-x.retry")
    try daemon.wait(for: "the word of it") { daemon.log.contains("there is no job 000009-x") }
    try expectItGoesOn(daemon)
  }
}
