import Datasets
import Foundation
import TemporaryFolder
import Testing

/// A data set whose labels are a table; loading opens no image.
struct TableFixture {
  let folder: TemporaryFolder

  init(_ table: String) throws {
    folder = try TemporaryFolder()
    try folder.write(table, to: "labels.csv")
  }

  func load(
    validation: DataDeclaration.Validation? = .share(0), positiveAbove: Double? = nil, seed: UInt64 = 1
  ) throws -> Dataset {
    let declaration = DataDeclaration(
      images: folder.path, labels: "labels.csv", validation: validation, positiveAbove: positiveAbove)
    return try Dataset.load(declaration, at: DataLocation(base: nil), seed: seed)
  }

  /// What a user reads, without the folder.
  func message(validation: DataDeclaration.Validation? = .share(0), positiveAbove: Double? = nil) -> String {
    do {
      return "loaded \(try load(validation: validation, positiveAbove: positiveAbove).training.count)"
    } catch {
      return "\(error)".replacingOccurrences(of: folder.path + "/", with: "")
    }
  }
}

@Suite struct LabelTableTests {
  static func message(_ table: String) throws -> String { try TableFixture(table).message() }

  /// The table has a byte order mark, CRLF, quotes, a quoted line end and no line end at the end.
  @Test func readsWhatPythonReads() throws {
    let expected = try Expected.read().table
    let declaration = DataDeclaration(images: Expected.folder, labels: "table.csv")
    let set = try Dataset.load(declaration, at: DataLocation(base: nil), seed: 1)
    let parts = [("train", set.training), ("val", set.validation), ("test", set.test)]
    var found: [String: [String]] = [:]
    for (part, examples) in parts {
      for example in examples {
        found[example.name] = [part, set.classes[Int(example.target)], "\(example.weight)"]
      }
    }
    #expect(found.count == expected.count)
    for row in expected {
      let split = try #require(row["split"])
      let weight = try #require(row["weight"].flatMap(Float.init))
      let part = split == "validation" ? "val" : split
      #expect(found[try #require(row["path"])] == [part, try #require(row["label"]), "\(weight)"])
    }
  }

  @Test func takesColumnsInAnyOrderAndSpacesAroundFields() throws {
    let set = try TableFixture("label , weight, path\n\n 1 ,\t2, b.png \n0,1,\" a.png\"\n\n").load()
    #expect(set.training.map(\.name) == [" a.png", "b.png"])
    #expect(set.training.map(\.target) == [0, 1])
    #expect(set.training.map(\.weight) == [1, 2])
  }

  @Test func givesAFileOneName() throws {
    let set = try TableFixture("path,label\n./a//b.png,0\nc/./d.png,1\n").load()
    #expect(set.training.map(\.name) == ["a/b.png", "c/d.png"])
  }

  @Test(arguments: [
    ("", "labels.csv:1:1: an empty table; begin it with the header path,label"),
    ("path,label\n", "labels.csv:2:1: no image below the header; add a row path,label for each"),
    (
      "path,split\na,train\n",
      "labels.csv:1:1: no column 'label'; the first line is the header path,label[,split,weight]"
    ),
    (
      "filename,label\n",
      "labels.csv:1:1: unknown column 'filename'; did you mean 'path'? the header is path,label[,split,weight]"
    ),
    (
      "path,lable\n",
      "labels.csv:1:6: unknown column 'lable'; did you mean 'label'? the header is path,label[,split,weight]"
    ),
    ("path;label\na;0\n", "labels.csv:1:1: unknown column 'path;label'; separate the columns with commas or tabs"),
    ("path,label,path\n", "labels.csv:1:12: column 'path' occurs twice; keep one of them"),
    (
      "path,label\na.png\n",
      "labels.csv:2:1: a row of 1 under a header of 2 columns; write one field a column; quote a field that contains a comma"
    ),
    (
      "path,label\na.png,0\nb,c.png,1\n",
      "labels.csv:3:1: a row of 3 under a header of 2 columns; write one field a column; quote a field that contains a comma"
    ),
    ("path,label\na.png,\n", "labels.csv:2:7: no label; write a class name, 0 or 1, or a probability"),
    ("path,label\n,1\n", "labels.csv:2:1: no path; name a file beneath the images folder"),
  ])
  func saysWhatIsWrongWithTheTable(table: String, message: String) throws {
    #expect(try Self.message(table) == message)
  }

  @Test(arguments: [
    ("label,path\n0,/etc/x.png\n", "labels.csv:2:3: an absolute path '/etc/x.png'"),
    ("label,path\n0,../x.png\n", "labels.csv:2:3: '../x.png' leaves the images folder"),
    ("label,path\n0,a/../../x.png\n", "labels.csv:2:3: 'a/../../x.png' leaves the images folder"),
    ("path,label,weight\na,0,0\n", "labels.csv:2:5: weight '0' is not a positive number"),
    ("path,label,weight\na,0,nan\n", "labels.csv:2:5: weight 'nan' is not a positive number"),
    ("path,label,weight\na,0,inf\n", "labels.csv:2:5: weight 'inf' is not a positive number"),
    ("path,label,split\na,0,training?\n", "labels.csv:2:5: unknown split 'training?'"),
    ("path,label\nñ,0\nu,0,\"ñ\" x\n", "labels.csv:3:9: text after a closing quote"),
    ("path,label\nu,0,\"x\n", "labels.csv:2:5: a quote that is never closed"),
    ("path,label\nä,a\"b\"\n", "labels.csv:2:4: a quote inside an unquoted field"),
    ("path,label\ra,0\n", "labels.csv:1:11: a lone carriage return"),
    ("path,label\na\u{0},0\n", "labels.csv:2:1: not UTF-8 text"),
  ])
  func saysWhere(table: String, message: String) throws {
    #expect(try Self.message(table).hasPrefix(message + "; "))
  }

  @Test func refusesTextInAnotherEncoding() throws {
    let fixture = try TableFixture("path,label\na.png,0\n")
    try Data([UInt8]("path,label\na.png,caf".utf8) + [0xE9, 0x0A]).write(
      to: URL(filePath: "\(fixture.folder.path)/labels.csv"))
    #expect(fixture.message() == "labels.csv:2:7: not UTF-8 text; save the file as UTF-8")
  }

  /// The second line of the two is the one to remove, wherever the names fall in the order of bytes.
  @Test func namesBothLinesOfADuplicate() throws {
    #expect(
      try Self.message("path,label\nb.png,0\na.png,1\n./b.png,1\n")
        == "labels.csv:4:1: 'b.png' is already on line 2 of labels.csv; remove one of the rows")
  }

  @Test func saysThatATableIsMissing() throws {
    let folder = try TemporaryFolder()
    // An empty folder might be the place of a disk that is not mounted.
    try folder.touch("1.png")
    let declaration = DataDeclaration(images: folder.path, labels: "labels.csv")
    #expect(throws: DatasetError.missing(path: "labels.csv", tried: ["\(folder.path)/labels.csv"])) {
      try Dataset.load(declaration, at: DataLocation(base: nil), seed: 1)
    }
  }

  /// Work that grows with the square of the rows would show: 10^10 steps take minutes.
  @Test func readsManyRows() throws {
    var table = "path,label\n"
    for index in 0..<100_000 { table += "images/\(index % 100)/cell\(index * 7919 % 100_003).png,\(index % 2)\n" }
    let set = try TableFixture(table).load(validation: .share(0.25))
    #expect(set.training.count == 75_000)
    #expect(set.validation.count == 25_000)
  }
}
