import Datasets
import Foundation
import TemporaryFolder
import Testing

/// Folders that stand for parts, and what lies between folders of classes.
@Suite struct LayoutTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func load(
    _ split: DataDeclaration.Split? = nil, validation: DataDeclaration.Validation? = nil, test: Double = 0
  ) throws -> Dataset {
    let declaration = DataDeclaration(images: folder.path, split: split, validation: validation, test: test)
    return try Dataset.load(declaration, at: DataLocation(base: nil), seed: 1)
  }

  private func message(_ split: DataDeclaration.Split? = nil, validation: DataDeclaration.Validation? = nil) -> String {
    do {
      return "loaded \(try load(split, validation: validation).classes)"
    } catch {
      return "\(error)"
    }
  }

  private func names(_ set: Dataset) -> [[String]] { Part.allCases.map { set[$0].map(\.name) } }

  @Test func foldersOfPartsAreNoClassesUnlessTheJobSaysSo() throws {
    try folder.touch("train/ok/1.png", "train/ok/2.png", "train/bad/1.png", "val/ok/3.png", "val/bad/2.png")
    #expect(message().contains("the folders train, val are called as the parts of a set, not as its classes"))
    #expect(message().contains("write `split: folders` under data"))
    let set = try load(.folders)
    #expect(set.classes == ["bad", "ok"])
    #expect(
      names(set) == [["train/bad/1.png", "train/ok/1.png", "train/ok/2.png"], ["val/bad/2.png", "val/ok/3.png"], []])
    #expect(set.training.map(\.target) == [0, 1, 1])
    #expect(message(.random) == #"loaded ["train", "val"]"#)
  }

  @Test(arguments: [
    ["Training", "VALID", "Testing"], ["train", "dev", "test"], ["trn", "validation", "tst"], ["train", "test"],
  ])
  func knowsTheUsualNames(parts: [String]) throws {
    for part in parts {
      for label in ["a", "b"] { for index in 0..<5 { try folder.touch("\(part)/\(label)/\(index).png") } }
    }
    #expect(message().contains("split: folders"))
    let set = try load(.folders)
    let counts = parts.count == 3 ? [10, 10, 10] : [8, 2, 10]
    #expect(
      Part.allCases.map { set[$0].count } == counts, "without images to validate, a share of those to train on is")
  }

  @Test func partsMayLieInTheFoldersOfClasses() throws {
    try folder.touch("ok/train/1.png", "ok/test/2.png", "bad/train/1.png", "bad/train/x/2.png", "bad/test/3.png")
    #expect(message().contains("each hold folders that are called as the parts of a set"))
    let set = try load(.folders, validation: .share(0))
    #expect(
      names(set) == [
        ["bad/train/1.png", "bad/train/x/2.png", "ok/train/1.png"], [], ["bad/test/3.png", "ok/test/2.png"],
      ])
  }

  /// A bus is a train's rival, and one folder called as a part divides nothing.
  @Test func oneSuchNameIsAClass() throws {
    try folder.touch("train/1.png", "bus/1.png", "val/x/1.png")
    #expect(message(.random) == #"loaded ["bus", "train", "val"]"#)
    try FileManager.default.removeItem(atPath: folder("val"))
    #expect(message() == #"loaded ["bus", "train"]"#)
    #expect(message(.folders).contains("there are none"))
  }

  @Test func aFolderBesideThePartsIsNotDropped() throws {
    try folder.touch("train/a/1.png", "train/b/1.png", "val/a/1.png", "val/b/1.png", "extra/a/1.png")
    #expect(message().contains("are called as the parts of a set"))
    #expect(message(.folders).contains("\(folder.path)/extra: a folder beside those of the parts"))
  }

  @Test func thePartsAreNamedOnce() throws {
    try folder.touch("train/a/1.png", "train/b/1.png", "val/a/1.png", "val/b/1.png")
    #expect(
      message(.folders, validation: .share(0.5)).contains("the folders name validation images, and so does the job's"))
  }

  @Test func aClassOfWhichAPartHasNoImageIsSaid() throws {
    try folder.touch("train/a/1.png", "train/b/1.png", "val/a/1.png", "val/b/note.txt")
    let set = try load(.folders)
    let account = DataAccount(set, DataDeclaration(images: folder.path), as: .init())
    #expect(account.warnings == ["the validation images have none of b"])
    #expect(account.passedOver.map(\.path) == ["val/b", "val/b/note.txt"])
    #expect(account.passedOver.map(\.reason) == [.empty, .ending(".txt")])
  }

  @Test func whatSystemsAndToolsLeaveIsPassedOverAndCounted() throws {
    try folder.touch(
      "a/1.png", "a/@eaDir/1.png/SYNOPHOTO_THUMB_M.jpg", "a/Thumbs.db", "a/.DS_Store", "a/sub/.ipynb_checkpoints/1.png",
      "b/1.png", "b/notes.TXT", "b/noending", "__MACOSX/a/._1.png", "lost+found/x", "#recycle/1.png", "loose.png",
      "README.md", ".git/config")
    let set = try load(validation: .share(0))
    #expect(set.training.map(\.name) == ["a/1.png", "b/1.png"])
    let account = DataAccount(set, DataDeclaration(images: folder.path, validation: .share(0)), as: .init())
    let found = Dictionary(uniqueKeysWithValues: account.passedOver.map { ($0.path, $0.reason) })
    #expect(
      found == [
        "a/@eaDir": .housekeeping, "a/Thumbs.db": .housekeeping, "a/.DS_Store": .hidden,
        "a/sub/.ipynb_checkpoints": .hidden, "b/notes.TXT": .ending(".txt"), "b/noending": .ending(""),
        "__MACOSX": .housekeeping, "lost+found": .housekeeping, "#recycle": .housekeeping,
        "loose.png": .outsideClasses, "README.md": .ending(".md"), ".git": .hidden,
      ])
    #expect(
      account.remarks.map(\.text) == [
        "passed over: 5 kept by a system or tool (#recycle, @eaDir, Thumbs.db, …), 3 hidden, 1 .md, 1 .txt, 1 outside of the class folders, 1 without an ending"
      ])
  }
}

/// Cross-validation and several sources.
@Suite struct DivisionTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func everyImageIsValidatedInOneFold() throws {
    for label in ["a", "b", "c"] { for index in 0..<11 { try folder.touch("\(label)/\(index).png") } }
    func fold(_ index: Int, seed: UInt64 = 3) throws -> Dataset {
      try Dataset.load(
        DataDeclaration(images: folder.path, folds: .init(count: 5, index: index), test: 0.1),
        at: DataLocation(base: nil),
        seed: seed)
    }
    let folds = try (0..<5).map { try fold($0) }
    let tested = Set(folds[0].test.map(\.name))
    #expect(tested.count == 3 && folds.allSatisfy { Set($0.test.map(\.name)) == tested })
    #expect(folds.map(\.validation.count) == [6, 6, 6, 6, 6])
    let validated = folds.flatMap { $0.validation.map(\.name) }
    #expect(Set(validated).count == 30 && validated.count == 30 && tested.isDisjoint(with: validated))
    for set in folds {
      #expect(set.training.count + set.validation.count == 30)
      #expect((0..<3).allSatisfy { label in set.validation.count { $0.target == Float(label) } == 2 })
    }
    #expect(try fold(0, seed: 4).validation != folds[0].validation)
  }

  @Test func severalSourcesAreOneSet() throws {
    try folder.touch("first/a/1.png", "first/b/1.png", "second/b/1.png", "second/c/2.png", "third/x/1.png")
    try folder.write("path\tclass\tsplit\nx/1.png\ta\ttrain\n", to: "third/labels.tsv")
    var declaration = DataDeclaration(images: "first", validation: .share(0))
    declaration.sources += [.init(images: "second"), .init(images: "third", labels: "labels.tsv")]
    let set = try Dataset.load(declaration, at: DataLocation(base: folder.path), seed: 1)
    #expect(set.classes == ["a", "b", "c"])
    #expect(
      set.training.map(\.path)
        == ["first/a/1.png", "first/b/1.png", "second/b/1.png", "second/c/2.png", "third/x/1.png"].map(
          folder.callAsFunction))
    let account = DataAccount(set, declaration, as: .init())
    #expect(account.folder == folder.path)
    #expect(
      account.rows.map(\.path) == [
        "first/a/1.png", "first/b/1.png", "second/b/1.png", "second/c/2.png", "third/x/1.png",
      ])
    declaration.sources.append(.init(images: "first/a"))
    let error = #expect(throws: DatasetError.self) {
      try Dataset.load(declaration, at: DataLocation(base: folder.path), seed: 1)
    }
    #expect(error.map { "\($0)" }?.contains("shares images with") == true)
  }
}
