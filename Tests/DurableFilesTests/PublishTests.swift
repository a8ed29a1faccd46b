import DurableFiles
import Foundation
import Glibc
import TemporaryFolder
import Testing

struct PublishTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: [Durability.durable, .atomic])
  func replacesAFileWholeAndLeavesNothingBeside(durability: Durability) throws {
    try publish("a long first text", to: folder("note"), durability)
    try publish("second", to: folder("note"), durability)
    #expect(folder.text("note") == "second")
    #expect(folder.names() == ["note"])
  }

  @Test func keepsTheOldFileWhenItCannotWrite() throws {
    try publish("old", to: folder("note"))
    try FileManager.default.createDirectory(atPath: folder("note.d"), withIntermediateDirectories: true)
    #expect(throws: FileError.self) { try publish("new", to: folder("note.d")) }
    #expect(throws: FileError.self) { try publish("new", to: folder("missing/note")) }
    #expect(folder.text("note") == "old")
    #expect(folder.names() == ["note", "note.d"])
  }

  @Test func namesTheOperationThePathAndTheCause() throws {
    let path = folder("missing/note")
    let error = try #require(throws: FileError.self) { try publish("x", to: path) }
    #expect(error.code == ENOENT)
    #expect(error.description.contains("missing/") && error.description.contains("No such file"))
    let full = FileError.system(operation: "write", path: "/a/b", code: ENOSPC)
    #expect(full.description == "/a/b: cannot write: No space left on device; free some space on that file system")
  }

  @Test func aNewFileNeverReplacesAnother() throws {
    try publishNew(Array("first".utf8), to: folder("note"))
    let error = #expect(throws: FileError.self) { try publishNew(Array("second".utf8), to: folder("note")) }
    #expect(error?.code == EEXIST)
    #expect(folder.text("note") == "first")
    #expect(folder.names() == ["note"])
  }

  @Test func aDirectoryAppearsWhole() throws {
    try createDirectories(folder(".run/deep"))
    try folder.write("x", to: ".run/a")
    try folder.write("y", to: ".run/deep/b")
    try publishDirectory(folder(".run"), to: folder("run"))
    #expect(folder.text("run/a") == "x")
    #expect(folder.text("run/deep/b") == "y")
    #expect(folder.names() == ["run"])
  }

  @Test func aDirectoryNeverReplacesAnother() throws {
    try createDirectories(folder("run"))
    try createDirectories(folder(".run"))
    let error = #expect(throws: FileError.self) { try publishDirectory(folder(".run"), to: folder("run")) }
    #expect(error?.code == EEXIST)
  }

  @Test func aLinkIsMadeAndReplaced() throws {
    try replaceSymlink(at: folder("latest"), to: "checkpoints/1")
    try replaceSymlink(at: folder("latest"), to: "checkpoints/2")
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder("latest")) == "checkpoints/2")
    #expect(folder.names() == ["latest"])
  }

  @Test func theLongestNameCanBePublished() throws {
    let name = String(repeating: "n", count: 255)
    try publish("x", to: folder(name))
    #expect(folder.names() == [name])
  }
}
