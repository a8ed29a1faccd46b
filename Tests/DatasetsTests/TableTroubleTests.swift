import Datasets
import Foundation
import TemporaryFolder
import Testing

/// Tables as other programs and other machines leave them: what is meant is understood, or what is wrong is said.
@Suite struct TableTroubleTests {
  @Test func tabsSeparateToo() throws {
    let set = try TableFixture("path\tlabel\n\"a\tb.png\"\t0\nc, d.png\t1\n").load()
    #expect(set.training.map(\.name) == ["a\tb.png", "c, d.png"])
  }

  /// By its ending, whatever the header looks like.
  @Test func aTSVIsSeparatedByTabs() throws {
    let folder = try TemporaryFolder()
    try folder.write("path\tlabel\nx,y.png\t0\nz.png\t1\n", to: "labels.tsv")
    let declaration = DataDeclaration(images: folder.path, labels: "labels.tsv", validation: .share(0))
    #expect(
      try Dataset.load(declaration, at: DataLocation(base: nil), seed: 1).training.map(\.name) == ["x,y.png", "z.png"])
  }

  @Test func aClassIsANameWhateverItLooksLike() throws {
    let set = try TableFixture("path,class\na.png,2019\nb.png,2020\nc.png,1e3\n").load()
    #expect(set.classes == ["1e3", "2019", "2020"] && set.hasNamedClasses)
    #expect(set.training.map(\.target) == [1, 2, 0])
  }

  @Test(arguments: [
    (
      ",path,label\n0,a.png,1\n",
      "labels.csv:1:1: a column without a name; if it is an index that pandas wrote, save with `to_csv(…, index=False)`"
    ),
    (
      "path,label\na.png,0,5\n",
      "labels.csv:2:7: a row of 3 under a header of 2 columns, with a decimal comma: 0,5; write 0.5"
    ),
    ("path,label\na.png,\"0,25\"\n", "labels.csv:2:7: label '0,25' has a decimal comma; write 0.25"),
    ("path,label,weight\na.png,0,\"1,5\"\n", "labels.csv:2:9: weight '1,5' is not a positive number; write 1.5"),
    (
      "path,label\na.png,2019\nb.png,2021\n",
      "labels.csv: the labels are the whole numbers 2019, 2021, which stand for classes counted from 0, and no image has 0"
    ),
    (
      "path,label\na.png,1\nb.png,2\n",
      "labels.csv: the labels are the whole numbers 1, 2, which stand for classes counted from 0, and no image has 0"
    ),
    (#"path,label\#nC:\data\a.png,1\#n"#, #"labels.csv:2:1: an absolute path 'C:\data\a.png'"#),
    ("path,label\nhttps://x.org/a.png,1\n", "labels.csv:2:1: an absolute path 'https://x.org/a.png'; fetch the file"),
    ("path,label,class\na.png,1,b\n", "labels.csv:1:6: the columns 'label' and 'class' say the same"),
    ("path,label,split\na.png,1,none\n", "labels.csv:3:1: no image below the header that belongs to a part"),
  ])
  func saysWhatIsMeant(table: String, message: String) throws {
    let found = try TableFixture(table).message()
    #expect(found.hasPrefix(message), "\(found)")
  }

  /// A path that leads nowhere is counted, and the file that is meant is named.
  @Test(arguments: [
    (#"cats\1.png"#, "folders are divided by /, not by a backslash: write 'cats/1.png'"),
    (#"set\images\cats\1.png"#, "'set/images/' is too much"),
    ("images/cats/1.png", "'images/' is too much"), ("1.png", "it lies in 'cats/'"),
    ("Cats/1.PNG", "the folder has 'cats/1.png': write it so"), ("none.png", "no such file"),
  ])
  func allMissingFilesAreCountedWithTheirCure(path: String, hint: String) throws {
    let fixture = try TableFixture(
      "path,label\n\(path),0\ncats/1.png,1\n" + (0..<40).map { "gone/\($0).png,\($0 % 2)\n" }.joined())
    try fixture.folder.touch("cats/1.png")
    let error = #expect(throws: DatasetError.self) { try fixture.load().requireFiles(maximumShare: 0.5) }
    guard case .tooManySkipped(let images, of: 42, share: 0.5) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(images.count == 41)
    #expect(
      images.first { $0.name == path }?.reason.contains(hint) == true,
      "\(images.first { $0.name == path }?.reason ?? "")")
    try fixture.load().requireFiles(maximumShare: 0.98)
  }

  /// A disk that is gone says nothing about its images, also if it is the second one and the first has lost a file.
  @Test func eachFolderThatIsGoneIsWaitedFor() throws {
    let folder = try TemporaryFolder()
    for name in ["one", "two"] {
      try folder.touch("\(name)/kept.png")
      try folder.write("path,class\n\(name).png,\(name)\n", to: "\(name)/labels.csv")
    }
    var declaration = DataDeclaration(images: folder("one"), labels: "labels.csv", validation: .share(0))
    declaration.sources.append(.init(images: folder("two"), labels: "labels.csv"))
    let set = try Dataset.load(declaration, at: DataLocation(base: nil), seed: 1)
    #expect(throws: DatasetError.self) { try set.requireFiles(maximumShare: 0) }
    try FileManager.default.removeItem(atPath: folder("two"))
    let error = #expect(throws: DatasetError.self) { try set.requireFiles(maximumShare: 0) }
    #expect(error?.kind == .transient, "\(String(describing: error))")
  }

  /// An absolute path into the images folder is shown as it should be written.
  @Test func anAbsolutePathIsShownRelative() throws {
    let folder = try TemporaryFolder()
    try folder.write("path,label\n\(folder.path)/a/1.png,0\n", to: "labels.csv")
    let declaration = DataDeclaration(images: folder.path, labels: "labels.csv")
    let error = #expect(throws: DatasetError.self) {
      try Dataset.load(declaration, at: DataLocation(base: nil), seed: 1)
    }
    #expect(error.map { "\($0)" }?.hasSuffix("write 'a/1.png', relative to the images folder") == true)
  }
}

/// The account of a set as a table that repeats the set.
@Suite struct DataAccountTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func load(_ declaration: DataDeclaration, seed: UInt64 = 1) throws -> Dataset {
    try Dataset.load(declaration, at: DataLocation(base: folder.path), seed: seed)
  }

  /// Whatever is called how: classes that look like numbers, names with tabs, quotes and spaces.
  @Test func itsTableIsTheSameSetWhateverTheSeed() throws {
    for label in ["0", "1", "10", "2"] { for index in 0..<8 { try folder.touch("set/\(label)/\(index) \"x\"\t.png") } }
    try folder.touch("set/10/ lead", "set/.hidden")
    let declaration = DataDeclaration(images: "set", test: 0.25)
    let set = try load(declaration)
    let account = DataAccount(set, declaration, as: .init())
    try folder.write(account.table, to: "data.tsv")
    let pinned = try load(DataDeclaration(images: "set", labels: folder("data.tsv")), seed: 99)
    #expect(pinned == set && pinned.fingerprint == set.fingerprint)
    #expect(pinned.passedOver.count == 2 && pinned.passedOver.allSatisfy { $0.reason == .excluded })
    #expect(account.pinned(as: "data.tsv") == ["images: \(folder.path)/set", "labels: data.tsv"])
  }

  @Test func softLabelsAndWeightsReadBack() throws {
    try folder.write(
      "path,label,weight,split\na.png,0.3333333,2.5,train\nb.png,1,1,train\nc.png,0,0.1,val\n", to: "labels.csv")
    let declaration = DataDeclaration(images: folder.path, labels: "labels.csv")
    let set = try load(declaration)
    try folder.write(DataAccount(set, declaration, as: .init()).table, to: "data.tsv")
    #expect(try load(DataDeclaration(images: folder.path, labels: "data.tsv")).fingerprint == set.fingerprint)
  }

  @Test func aShareThatLeavesNothingIsSaid() throws {
    try folder.touch("a/1.png", "b/1.png")
    let declaration = DataDeclaration(images: folder.path, validation: .share(0.3), test: 0.5)
    let account = DataAccount(try load(declaration), declaration, as: .init())
    #expect(account.warnings.map { $0.prefix(15) } == ["validation: 0.3", "test: 0.5 leaves".prefix(15)])
    #expect(account.pinned(as: "t").last == "validation: 0")
  }
}
