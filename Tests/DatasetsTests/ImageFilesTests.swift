import Datasets
import DurableFiles
import Foundation
import TemporaryFolder
import Testing

/// Images without classes, wherever they lie.
@Suite struct ImageFilesTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func write(_ names: String...) throws {
    for name in names {
      try createDirectories(folder(ByteText("set/\(name)").parent))
      try folder.write("x", to: "set/\(name)")
    }
  }

  @Test func allImagesInTheOrderOfTheirBytes() throws {
    try write("b/1.png", "a.jpg", "B.PNG", "b/c/2.jpeg", "b.png", "notes.txt", ".hidden.png", "@eaDir/t.png", ".png")
    let files = try ImageFiles(beneath: folder("set"))
    #expect(files.names == ["B.PNG", "a.jpg", "b.png", "b/1.png", "b/c/2.jpeg"])
    #expect(files.passedOver.map(\.path).sorted() == [".hidden.png", ".png", "@eaDir", "notes.txt"])
  }

  @Test func linksAreFollowedOnce() throws {
    try write("a/1.png")
    try folder.write("x", to: "elsewhere.png")
    func link(_ name: String, to target: String) throws {
      try FileManager.default.createSymbolicLink(atPath: folder("set/\(name)"), withDestinationPath: target)
    }
    try link("2.png", to: folder("elsewhere.png"))
    try link("3.png", to: folder("nowhere.png"))
    #expect(try ImageFiles(beneath: folder("set")).names == ["2.png", "3.png", "a/1.png"])
    try link("b", to: "a")
    #expect(throws: DatasetError.self) { try ImageFiles(beneath: folder("set")) }
  }

  @Test func aLoopOfLinksEnds() throws {
    try write("a/1.png")
    try FileManager.default.createSymbolicLink(atPath: folder("set/a/up"), withDestinationPath: "..")
    let error = try #require(throws: DatasetError.self) { try ImageFiles(beneath: folder("set")) }
    #expect("\(error)".contains("remove the link"))
  }

  @Test func aFolderThatIsNotThere() {
    #expect(throws: DatasetError.self) { try ImageFiles(beneath: folder("none")) }
  }
}
