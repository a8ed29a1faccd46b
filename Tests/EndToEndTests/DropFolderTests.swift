import Foundation
import TemporaryFolder
import Testing

/// What people and programs put into the drop folder that is not simply a job file.
@Suite(.serialized)
struct DropFolderTests {
  @Test func whatIsNotOursIsLeftAlone() throws {
    let daemon = try TestDaemon(starting: false)
    try daemon.drop("README", "hello")
    try daemon.drop(".hidden.yaml", "name: hidden\n")
    try daemon.drop("later.yaml.origin", "{}")
    try daemon.start()
    try daemon.drop("job.yaml", "name: job\n")
    try daemon.wait(for: "the job") { daemon.names("done").count == 1 }
    #expect(daemon.names("incoming") == [".hidden.yaml", "README", "later.yaml.origin"])
    #expect(daemon.log.contains("incoming/README is left alone"))
  }

  @Test func whatLooksLikeAJobAndIsNoFileIsSetAside() throws {
    let daemon = try TestDaemon()
    let incoming = daemon.folder("home/incoming")
    #expect(mkfifo("\(incoming)/pipe.yaml", 0o600) == 0)
    #expect(mkdir("\(incoming)/folder.yaml", 0o700) == 0)
    #expect(symlink("/etc/passwd", "\(incoming)/link.yaml") == 0)
    try daemon.folder.write("name: hard\n", to: "elsewhere")
    #expect(link(daemon.folder("elsewhere"), "\(incoming)/hard.yaml") == 0)
    try daemon.drop("huge.yaml", "name: huge\n#" + String(repeating: "x", count: 1 << 20))
    try daemon.wait(for: "the rejections") { daemon.names("rejected").count == 10 }
    for (name, reason) in [
      ("pipe", "pipe"), ("folder", "folder"), ("link", "symbolic link"), ("hard", "hard link"), ("huge", "bytes"),
    ] {
      #expect(daemon.text("rejected/\(name).error.txt")?.contains(reason) == true, "\(name)")
    }
    try daemon.drop("job.yaml", "name: job\n")
    try daemon.wait(for: "the job") { daemon.names("done").count == 1 }
  }

  @Test func aFileThatCrashesTheValidationHarmsNoOther() throws {
    let daemon = try TestDaemon(starting: false)
    for name in ["a", "b", "c"] { try daemon.drop("\(name).yaml", "name: \(name)\n") }
    try daemon.drop("poison.yaml", "name: poison\nvalidation: crash\n")
    try daemon.start()
    try daemon.wait(for: "the ends") { daemon.names("done").count == 3 && daemon.names("rejected").count == 2 }
    #expect(daemon.text("rejected/poison.error.txt")?.contains("died of signal 11") == true)
  }

  @Test func requestsAreHeardAlsoByTheNextDaemon() throws {
    let daemon = try TestDaemon()
    try daemon.drop("a.yaml", "name: a\nsleep: 60\n")
    try daemon.wait(for: "the trainer") { daemon.text("runs/000001-a/progress.json") != nil }
    try daemon.drop("b.yaml", "name: b\n")
    try daemon.wait(for: "the second") { daemon.names("queued").count == 1 }
    try daemon.folder.write("", to: "home/requests/000002-b.hold")
    try daemon.wait(for: "the hold") { daemon.names("held").count == 1 }
    try daemon.folder.write("", to: "home/requests/000001-a.cancel")
    try daemon.wait(for: "the cancellation") { daemon.names("cancelled") == ["000001-a.yaml"] }
    #expect(daemon.marks("stop", of: "000001-a") == 1)
    #expect(daemon.stop() == 0)
    try daemon.folder.write("", to: "home/requests/000002-b.release")
    try daemon.start()
    try daemon.wait(for: "the release") { daemon.names("done") == ["000002-b.yaml"] }
    #expect(daemon.names("requests").isEmpty)
  }
}
