import DurableFiles
import Glibc
import TemporaryFolder
import Testing

struct GrowingFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func growsAtItsEnd() throws {
    try folder.write("one\n", to: "log")
    let file = try GrowingFile(folder("log"))
    try file.append(Array("two\n".utf8))
    try file.append([])
    try file.synchronize()
    #expect(folder.text("log") == "one\ntwo\n")
    #expect(file.path == folder("log"))
  }

  @Test func isMadeIfMissing() throws {
    try GrowingFile(folder("log")).append(Array("one".utf8))
    #expect(folder.text("log") == "one")
    #expect(throws: FileError.self) { try GrowingFile(folder("missing/log")) }
  }

  /// A terminal, a pipe, a full disk: whatever cannot be synced or written says so.
  @Test func failuresAreNotSwallowed() throws {
    let full = try GrowingFile("/dev/full")
    let error = #expect(throws: FileError.self) { try full.append([1]) }
    #expect(error?.code == ENOSPC)
    let first = #expect(throws: FileError.self) { try full.synchronize() }
    let second = #expect(throws: FileError.self) { try full.synchronize() }
    #expect(first?.code == EINVAL && second == first)
  }
}

struct TreeTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func removesATreeAndNotWhatItsLinksPointTo() throws {
    try createDirectories(folder("tree/deep"))
    try folder.write("x", to: "tree/deep/a")
    try folder.write("mine", to: "mine")
    try replaceSymlink(at: folder("tree/link"), to: folder("mine"))
    try removeTree(folder("tree"))
    try removeTree(folder("tree"))
    #expect(folder.names() == ["mine"])
    try removeTree(folder("mine"))
    #expect(folder.names() == [])
  }

  @Test func removesWhatPublicationsLeftAndNothingElse() throws {
    let own = [".status.json.123-4567.tmp", ".a.b.c.1-4294967295.tmp", "..1-2.tmp"]
    let others = [
      ".status.json.tmp", "status.json.1-2.tmp", ".x.1-.tmp", ".x.-1-2.tmp", ".x.1-2", ".x.1-2-3.tmp", "notes.tmp",
    ]
    for name in own + others { try folder.write("", to: name) }
    try createDirectories(folder(".dir.1-2.tmp"))
    try removeUnfinished(in: folder.path)
    #expect(Set(folder.names()) == Set(others + [".dir.1-2.tmp"]))
  }

  @Test func readsALink() throws {
    try replaceSymlink(at: folder("link"), to: "somewhere/else")
    try folder.write("", to: "file")
    #expect(try linkTarget(at: folder("link")) == "somewhere/else")
    #expect(try linkTarget(at: folder("file")) == nil && linkTarget(at: folder("nothing")) == nil)
  }

  @Test func aDirectoryIsReplacedInOneInstant() throws {
    for (name, text) in [("run", "old"), (".run", "new")] {
      try createDirectories(folder(name))
      try folder.write(text, to: "\(name)/a")
    }
    try replaceDirectory(at: folder("run"), by: folder(".run"))
    #expect(folder.text("run/a") == "new")
    #expect(folder.names() == ["run"])
    try createDirectories(folder(".run"))
    #expect(throws: FileError.self) { try replaceDirectory(at: folder("missing"), by: folder(".run")) }
    #expect(folder.names().contains(".run"))
  }

  @Test func spaceIsAskedOfTheFileSystem() throws {
    #expect(try freeSpace(at: folder.path) > 0)
    #expect(try freeSpace(at: "/proc/self") == 0)
    #expect(throws: FileError.self) { try freeSpace(at: folder("missing")) }
  }
}
