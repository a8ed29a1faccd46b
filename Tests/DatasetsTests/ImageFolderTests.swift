import Datasets
import Foundation
import TemporaryFolder
import Testing

@Suite struct ImageFolderTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  func load(_ images: String? = nil, validation: DataDeclaration.Validation = .share(0)) throws -> Dataset {
    let declaration = DataDeclaration(images: images ?? folder.path, validation: validation)
    return try Dataset.load(declaration, at: DataLocation(base: folder.path), seed: 1)
  }

  func message(_ images: String? = nil, validation: DataDeclaration.Validation = .share(0)) -> String {
    do {
      return "loaded \(try load(images, validation: validation).training.count)"
    } catch {
      return "\(error)"
    }
  }

  @Test func takesClassesInTheOrderOfTheirBytes() throws {
    try folder.touch("b/1.png", "a/1.png", "é/1.png", "B/1.png", "10/1.png", "9/1.png")
    let set = try load()
    #expect(set.classes == ["10", "9", "B", "a", "b", "é"])
    #expect(set.training.map(\.name) == ["10/1.png", "9/1.png", "B/1.png", "a/1.png", "b/1.png", "é/1.png"])
    #expect(set.training.map(\.target) == [0, 1, 2, 3, 4, 5])
    #expect(set.training[3].path == "\(folder.path)/a/1.png")
  }

  @Test func takesImagesOfAnyDepthAndCaseAndNothingElse() throws {
    try folder.touch(
      "a/1.png", "a/2.PNG", "a/x/y/3.JpEg", "a/4.jpg", "a/5.jpe", "a/6.JFIF", "a/notes.txt", "a/.hidden.png",
      "a/.dir/5.png", "a/png",
      "a/.png",
      "b/1.png", ".c/1.png", "loose.png", "README.md")
    let set = try load()
    #expect(set.classes == ["a", "b"])
    #expect(
      set.training.map(\.name) == ["a/1.png", "a/2.PNG", "a/4.jpg", "a/5.jpe", "a/6.JFIF", "a/x/y/3.JpEg", "b/1.png"])
  }

  @Test func followsLinksThatStayInside() throws {
    try folder.touch(".store/cats/1.png", "b/1.png", "b/2.png")
    try folder.link("a", to: ".store/cats")
    try folder.link("b/3.png", to: "2.png")
    #expect(try load().training.map(\.name) == ["a/1.png", "b/1.png", "b/2.png", "b/3.png"])
  }

  /// Sets of DVC and git-annex are made of links to a store beside them.
  @Test func followsLinksThatLeaveUnlessTheyLeaveTheDataRoots() throws {
    let other = try TemporaryFolder()
    try other.touch("c/1.png")
    try folder.touch("a/1.png", "b/1.png")
    try folder.link("b/2.png", to: "\(other.path)/c/1.png")
    try folder.link("c", to: "\(other.path)/c")
    #expect(try load().training.map(\.name) == ["a/1.png", "b/1.png", "b/2.png", "c/1.png"])
    let declaration = DataDeclaration(images: folder.path, validation: .share(0))
    func within(_ roots: [String]) throws -> Dataset {
      try Dataset.load(declaration, at: DataLocation(base: nil, roots: roots), seed: 1)
    }
    #expect(try within([folder.path, other.path]).training.count == 4)
    let error = #expect(throws: DatasetError.self) { try within([folder.path]) }
    #expect(error.map { "\($0)" }?.contains("\(folder.path)/c: a link that leaves the data roots") == true)
  }

  @Test func refusesAFolderReachedTwice() throws {
    try folder.touch("a/1.png", "b/1.png")
    try folder.link("c", to: "b")
    #expect(message().contains("b and c are the same folder"))
    try FileManager.default.removeItem(atPath: "\(folder.path)/c")
    try folder.link("a/again", to: "../a")
    #expect(message().contains("a and a/again are the same folder"))
    try FileManager.default.removeItem(atPath: "\(folder.path)/a/again")
    try folder.link("a/again", to: "..")
    #expect(message().contains("a link to a folder that holds it"))
  }

  @Test func keepsALinkThatLeadsNowhereAsAnImage() throws {
    try folder.touch("a/1.png", "b/1.png")
    try folder.link("b/2.png", to: "gone.png")
    #expect(try load().training.count == 3)
  }

  @Test func saysWhatIsWrongWithTheFolder() throws {
    #expect(message("nowhere").hasPrefix("nowhere: no such file or folder (looked at \(folder.path)/nowhere)"))
    #expect(message().hasPrefix("\(folder.path): no class folders"))
    try folder.touch("a/1.png")
    #expect(message().contains("a single class, 'a'"))
    #expect(message("a/1.png").contains("images is a file"))
    try folder.touch("b/1.bmp")
    #expect(
      message().hasPrefix(
        "\(folder.path)/b: a class without images (.png, .jpg, .jpeg, .jpe or .jfif); it holds 1 .bmp"))
  }

  @Test func validatesOnASecondFolder() throws {
    try folder.touch("train/a/1.png", "train/b/1.png", "val/a/1.png", "val/b/2.png", "val/b/3.png")
    let set = try load("train", validation: .path("val"))
    #expect(set.training.map(\.path) == ["\(folder.path)/train/a/1.png", "\(folder.path)/train/b/1.png"])
    #expect(set.validation.map(\.name) == ["a/1.png", "b/2.png", "b/3.png"])
    #expect(set.validation.map(\.target) == [0, 1, 1])
    #expect(set.validation[0].path == "\(folder.path)/val/a/1.png")
  }

  @Test func refusesAValidationFolderThatOverlapsOrKnowsOtherClasses() throws {
    try folder.touch("train/a/1.png", "train/b/1.png", "val/a/1.png", "val/z/2.png")
    #expect(message("train", validation: .path("val")).contains("class 'z' has no training images"))
    #expect(message("train", validation: .path("train/a")).contains("share images"))
    #expect(message("train", validation: .path("train")).contains("share images"))
    #expect(message("train", validation: .path("list.csv")).contains("a table for validation beside class folders"))
  }

  @Test func staysTheSameWhenTheFolderMoves() throws {
    for label in ["a", "b"] { for index in 0..<20 { try folder.touch("here/\(label)/\(index).png") } }
    let before = try load("here", validation: .share(0.25))
    #expect(before.validation.count == 10)
    try FileManager.default.moveItem(atPath: "\(folder.path)/here", toPath: "\(folder.path)/there")
    let after = try load("there", validation: .share(0.25))
    #expect(after.validation.map(\.name) == before.validation.map(\.name))
    #expect(after.fingerprint == before.fingerprint)
  }
}
