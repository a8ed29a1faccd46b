import Datasets
import Testing

@Suite struct LabelsTests {
  static func table(_ labels: [String]) throws -> TableFixture {
    try TableFixture("path,label\n" + labels.enumerated().map { "\($0).png,\($1)\n" }.joined())
  }

  @Test func sortsClassNamesByTheirBytes() throws {
    let set = try Self.table(["dog", "Cat", "ant", "dog"]).load()
    #expect(set.classes == ["Cat", "ant", "dog"])
    #expect(set.training.map(\.target) == [2, 0, 1, 2])
  }

  @Test func takesWholeNumbersAsClasses() throws {
    let set = try Self.table(["0", "2", "1", "10", "3", "4", "5", "6", "7", "8", "9"]).load()
    #expect(set.classes == (0...10).map(String.init))
    #expect(set.training.first { $0.name == "3.png" }?.target == 10)
    #expect(try Self.table(["0.0", "1.0"]).load().classes == ["0", "1"])
  }

  @Test func keepsProbabilitiesAsSoftLabels() throws {
    let set = try Self.table(["0", "0.3333", "0.6667", "1"]).load()
    #expect(set.classes == ["0", "1"])
    #expect(set.training.map(\.target) == [0, 0.3333, 0.6667, 1])
  }

  @Test func makesProbabilitiesYesOrNo() throws {
    let table = try Self.table(["0", "0.3333", "0.5", "0.6667", "1"])
    #expect(try table.load(positiveAbove: 0.5).training.map(\.target) == [0, 0, 0, 1, 1])
    #expect(try table.load(positiveAbove: 0).training.map(\.target) == [0, 1, 1, 1, 1])
    #expect(table.message(positiveAbove: 1).contains("class '1' has no training images"))
    #expect(try Self.table(["a", "b"]).load(positiveAbove: 0.5).training.map(\.target) == [0, 1])
    #expect(try Self.table(["a", "b", "c"]).message(positiveAbove: 0.5).contains("needs two classes, and there are 3"))
  }

  @Test(arguments: [
    (["cat", "7"], "labels.csv:3:7: label '7' is a number and 'cat' is a name"),
    (["7", "cat"], "labels.csv:3:7: label 'cat' is no number, as '7' is"),
    (["0", "nan"], "labels.csv:3:7: label 'nan' is no number, as '0' is"),
    (["0.5", "2"], "labels.csv:3:7: label 2 is no probability; the set has fractions"),
    (["0.5", "1.5"], "labels.csv:3:7: label 1.5 is no probability"),
    (["0", "-1"], "labels.csv:3:7: label -1 is no class; classes count from 0 to 9999"),
    (["0", "1e9"], "labels.csv:3:7: label 1e9 is no class"),
    (["0", "2"], "labels.csv: the labels are the whole numbers 0, 2, which stand for classes counted from 0"),
    (["1", "1"], "labels.csv: the labels are the whole numbers 1, which stand for classes counted from 0"),
    (["0", "0"], "labels.csv: a single class, '0'"),
    (["cat", "cat"], "labels.csv: a single class, 'cat'"),
    (["0.5", "0.5"], "labels.csv: every training label is 0.5"),
  ])
  func saysWhatIsWrongWithTheLabels(labels: [String], message: String) throws {
    #expect(try Self.table(labels).message().hasPrefix(message))
  }
}

@Suite struct PartsTests {
  static let split = """
    path,label,split
    a.png,0,train
    b.png,1,train
    c.png,0,val
    d.png,1,test
    e.png,1,validation

    """

  @Test func followsTheSplitColumn() throws {
    let set = try TableFixture(Self.split).load(validation: nil)
    #expect(set.training.map(\.name) == ["a.png", "b.png"])
    #expect(set.validation.map(\.name) == ["c.png", "e.png"])
    #expect(set.test.map(\.name) == ["d.png"])
  }

  @Test(arguments: [DataDeclaration.Validation.share(0.5), .share(0), .path("held-out.csv")])
  func refusesAnotherValidationBesideAColumnThatSays(validation: DataDeclaration.Validation) throws {
    #expect(
      try TableFixture(Self.split).message(validation: validation)
        == "labels.csv: the split column names validation images, and so does the job's validation; "
        + "leave out one of the two")
  }

  @Test func takesTheShareFromWhatTheColumnLeaves() throws {
    let rows = (0..<40).map { "\($0).png,\($0 % 2),\($0 < 20 ? "train" : "test")\n" }.joined()
    let set = try TableFixture("path,label,split\n" + rows).load(validation: .share(0.2))
    #expect(set.training.count == 16)
    #expect(set.validation.count == 4)
    #expect(set.test.count == 20)
  }

  @Test func takesAFifthWhenNothingIsSaid() throws {
    let rows = (0..<40).map { "\($0).png,\($0 % 2)\n" }.joined()
    #expect(try TableFixture("path,label\n" + rows).load(validation: nil).validation.count == 8)
  }

  @Test func validatesOnASecondTable() throws {
    let fixture = try TableFixture("path,label\na.png,0\nb.png,1\n")
    try fixture.folder.write("path,label\nc.png,0.25\n", to: "held-out.csv")
    let set = try fixture.load(validation: .path("held-out.csv"))
    #expect(set.training.map(\.name) == ["a.png", "b.png"])
    #expect(set.validation.map(\.target) == [0.25])
    try fixture.folder.write("path,label\nb.png,1\n", to: "held-out.csv")
    #expect(
      fixture.message(validation: .path("held-out.csv"))
        == "held-out.csv:2:1: 'b.png' is already on line 3 of labels.csv; remove one of the rows")
  }

  @Test func needsSomethingToTrainOn() throws {
    let fixture = try TableFixture("path,label,split\na.png,0,val\nb.png,1,test\n")
    #expect(fixture.message(validation: nil).contains("no images for training"))
    let lopsided = try TableFixture("path,label,split\na.png,0,train\nc.png,0,train\nb.png,1,val\n")
    #expect(lopsided.message(validation: nil).contains("class '1' has no training images"))
  }

  @Test func doesNotDependOnTheOrderOfRows() throws {
    let rows = (0..<60).map { "cell\($0 * 37 % 60).png,\($0 % 3)\n" }
    let first = try TableFixture("path,label\n" + rows.joined()).load(validation: .share(0.25))
    let second = try TableFixture("path,label\n" + rows.reversed().joined()).load(validation: .share(0.25))
    #expect(first.validation.map(\.name) == second.validation.map(\.name))
    #expect(first.training.map(\.name) == second.training.map(\.name))
    #expect(first.fingerprint == second.fingerprint)
    let other = try TableFixture("path,label\n" + rows.joined()).load(validation: .share(0.25), seed: 2)
    #expect(other.validation.map(\.name) != first.validation.map(\.name))
  }
}

@Suite struct FingerprintTests {
  let set = Dataset(
    classes: ["cracked", "intact"],
    training: [
      Example(folder: "/here", name: "cracked/cross.png", target: 0),
      Example(folder: "/here", name: "intact/ünder.png", target: 1, weight: 0.5),
    ],
    validation: [Example(folder: "/here", name: "cracked/red.png", target: 0)], test: [])

  @Test func agreesWithPython() throws {
    #expect(set.fingerprint == (try Expected.read().fingerprint))
  }

  @Test func changesWithEverythingButTheFolder() {
    var moved = set
    moved.training[0].folder = "/there"
    #expect(moved.fingerprint == set.fingerprint)
    let changes: [(inout Dataset) -> Void] = [
      { $0.classes[0] = "broken" }, { $0.training[0].name = "cracked/other.png" }, { $0.training[0].target = 1 },
      { $0.training[1].weight = 1 }, { $0.test = $0.validation }, { $0.training.swapAt(0, 1) },
      {
        $0.test = $0.validation
        $0.validation = []
      },
    ]
    for change in changes {
      var changed = set
      change(&changed)
      #expect(changed.fingerprint != set.fingerprint)
    }
  }
}
