import DurableFiles
import Foundation
import Glibc
import TemporaryFolder
import Testing

struct FileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func readsUpToTheLimit() throws {
    try folder.write("hello", to: "a")
    #expect(try readFile(folder("a"), limit: 5) == Array("hello".utf8))
    #expect(throws: FileError.tooLarge(path: folder("a"), limit: 4)) { try readFile(folder("a"), limit: 4) }
    try folder.write("", to: "empty")
    #expect(try readFile(folder("empty"), limit: 0).isEmpty)
  }

  @Test func readsAFileWhoseSizeIsNotToldInAdvance() throws {
    // The kernel's own files say that they hold 0 bytes.
    #expect(try !readFile("/proc/self/cmdline", limit: 1 << 20).isEmpty)
    #expect(throws: FileError.self) { try readFile("/proc/self/maps", limit: 10) }
  }

  @Test func refusesWhatIsNotAPlainFileWithoutWaiting() throws {
    #expect(mkfifo(folder("pipe"), 0o600) == 0)
    #expect(throws: FileError.notRegular(path: folder("pipe"))) { try readFile(folder("pipe"), limit: 10) }
    #expect(throws: FileError.notRegular(path: "/dev/zero")) { try readFile("/dev/zero", limit: 10) }
    #expect(throws: FileError.notRegular(path: folder.path)) { try readFile(folder.path, limit: 10) }
  }

  @Test func followsALinkOnlyIfAllowed() throws {
    try folder.write("target", to: "a")
    try replaceSymlink(at: folder("link"), to: "a")
    #expect(try readFile(folder("link"), limit: 10) == Array("target".utf8))
    let error = #expect(throws: FileError.self) { try readFile(folder("link"), limit: 10, followingLinks: false) }
    #expect(error?.code == ELOOP)
  }

  @Test func movesWithoutOverwriting() throws {
    try folder.write("a", to: "a")
    try folder.write("b", to: "b")
    let error = #expect(throws: FileError.self) { try move(folder("a"), to: folder("b")) }
    #expect(error?.code == EEXIST)
    #expect(folder.text("b") == "b")
    try move(folder("a"), to: folder("c"))
    #expect(folder.names() == ["b", "c"])
  }

  @Test func movesALinkItself() throws {
    try replaceSymlink(at: folder("dangling"), to: "nowhere")
    try move(folder("dangling"), to: folder("moved"))
    #expect(try facts(at: folder("moved"))?.kind == .link)
  }

  @Test func listsAndMovesNamesThatAreNoText() throws {
    let name: [UInt8] = [0x61, 0xFF, 0x0A, 0x62]
    let path = (Array(folder.path.utf8) + [0x2F] + name + [0]).map { CChar(bitPattern: $0) }
    close(open(path, O_CREAT | O_WRONLY, 0o600))
    let entry = try #require(try entries(of: folder.path).first)
    #expect(entry.bytes == name && entry.kind == .regular)
    #expect(entry.name == nil)
    try move(entry, in: folder.path, to: folder("readable"))
    #expect(folder.names() == ["readable"])
  }

  @Test func appendsLines() throws {
    try appendLine("one", to: folder("log"))
    try appendLine("two", to: folder("log"))
    #expect(folder.text("log") == "one\ntwo\n")
  }

  @Test func aTornLineStaysOnItsOwn() throws {
    try folder.write("one\ntw", to: "log")
    try appendLine("three", to: folder("log"))
    #expect(folder.text("log") == "one\ntw\nthree\n")
  }

  @Test func removingTwiceIsNoError() throws {
    try folder.write("", to: "a")
    try remove(folder("a"))
    try remove(folder("a"))
    #expect(throws: FileError.self) { try remove(folder.path) }
  }

  @Test func knowsWhetherAFileIsBeingWritten() throws {
    try folder.write("x", to: "a")
    let writer = try #require(FileHandle(forWritingAtPath: folder("a")))
    // nil: this file system does not say.
    #expect(try isBeingWritten(folder("a")) != false)
    try writer.close()
    #expect(try isBeingWritten(folder("a")) != true)
  }

  /// The vectors of draft-eastlake-fnv, appendix C.
  @Test(arguments: [("", "cbf29ce484222325"), ("a", "af63dc4c8601ec8c"), ("foobar", "85944171f73967e8")])
  func checksumsAsPublished(text: String, expected: String) {
    #expect(Checksum(Array(text.utf8)).hexadecimal == expected)
  }

  @Test func checksumsInPieces() {
    var pieces = Checksum()
    for byte in "foobar".utf8 { pieces.update([byte]) }
    #expect(pieces == Checksum(Array("foobar".utf8)))
  }
}
