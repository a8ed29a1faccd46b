import DurableFiles
import Foundation
import Jobs
import RunFiles
import TemporaryFolder
import Testing

struct DropFolderTests {
  let folder: TemporaryFolder
  let spool: Spool

  init() throws {
    folder = try TemporaryFolder()
    spool = Spool(home: folder.path)
    try spool.create()
  }

  @Test(arguments: [
    ("a.yaml", true), ("a.yml", true), ("a.json", true), (".a.yaml", false), ("a.yaml.origin", false), ("a.txt", false),
    (".yaml", false), ("a.yaml~", false), ("a.YAML", false), ("two\nlines.yaml", true), ("\u{301}.yaml", true),
    (".\u{301}a.yaml", false), ("a.yaml\u{301}", false),
  ])
  func whatAsksToBeAJob(name: String, expected: Bool) {
    #expect(Submission.isManifest(name) == expected)
  }

  @Test func submittingTwiceKeepsBoth() throws {
    #expect(try spool.submit(Array("1".utf8), as: "a.yaml", base: "/x") == "a.yaml")
    #expect(try spool.submit(Array("2".utf8), as: "a.yaml", base: "/y") == "a-2.yaml")
    #expect(try spool.submit(Array("3".utf8), as: "notes.txt", base: "/z") == "notes.txt.yaml")
    #expect(folder.text("incoming/a.yaml") == "1")
    #expect(folder.text("incoming/a-2.yaml") == "2")
    let origin = try #require(try spool.originBeside("a-2.yaml"))
    #expect(origin.base == "/y" && origin.belongs(to: Array("2".utf8)) && !origin.belongs(to: Array("1".utf8)))
    #expect(folder.names("incoming").count == 6)
  }

  @Test func aRejectedFileIsKeptWithItsReport() throws {
    try folder.write("nonsense", to: "incoming/a.yaml")
    try publish(Origin(base: "/x", manifest: Array("nonsense".utf8)).bytes, to: folder("incoming/a.yaml.origin"))
    #expect(try spool.reject(DirectoryEntry("a.yaml", .regular), report: "line 1 is wrong") == "a.yaml")
    #expect(folder.names("rejected") == ["a.error.txt", "a.yaml", "a.yaml.origin"])
    #expect(folder.text("rejected/a.yaml") == "nonsense")
    #expect(folder.text("rejected/a.error.txt") == "line 1 is wrong\n")
    #expect(folder.names("incoming").isEmpty)
  }

  @Test func rejectingAgainOverwritesNothing() throws {
    for (name, expected) in [("a.yaml", "a.yaml"), ("a.yaml", "a-2.yaml"), ("a.json", "a-3.json")] {
      try folder.write(expected, to: "incoming/\(name)")
      #expect(try spool.reject(DirectoryEntry(name, .regular), report: expected) == expected)
    }
    for (stem, text) in [("a", "a.yaml"), ("a-2", "a-2.yaml"), ("a-3", "a-3.json")] {
      #expect(folder.text("rejected/\(text)") == text)
      #expect(folder.text("rejected/\(stem).error.txt") == text + "\n")
    }
  }

  /// The report was written, the file was not yet moved.
  @Test func aRejectionThatWasInterruptedIsRepeated() throws {
    try folder.write("x", to: "incoming/a.yaml")
    try folder.write("half a rep", to: "rejected/a.error.txt")
    try spool.reject(DirectoryEntry("a.yaml", .regular), report: "whole")
    #expect(folder.names("rejected") == ["a.error.txt", "a.yaml"])
    #expect(folder.text("rejected/a.error.txt") == "whole\n")
  }

  @Test func namesAtTheLimitAndBeyondTextAreRejectedToo() throws {
    let long = String(repeating: "x", count: 250) + ".yaml"
    try folder.write("x", to: "incoming/\(long)")
    let name = try spool.reject(DirectoryEntry(long, .regular), report: "too long")
    #expect(folder.text("rejected/\(name)") == "x")
    let path = (Array(spool.incoming.utf8) + [0x2F, 0xFF] + Array(".yaml".utf8) + [0]).map { CChar(bitPattern: $0) }
    close(open(path, O_CREAT | O_WRONLY, 0o600))
    let entry = try #require(try entries(of: spool.incoming).first)
    #expect(try spool.reject(entry, report: "no text") == "unreadable-name.yaml")
    #expect(folder.names("incoming").isEmpty)
  }

  /// Someone drops a file by hand between the two steps of a submission of the same name.
  @Test func rejectingAStrangersFileLeavesTheOriginOfASubmissionUnderWay() throws {
    let origin = Origin(base: "/x", manifest: Array("name: mine\n".utf8))
    try publish(origin.bytes, to: folder("incoming/a.yaml.origin"))
    try folder.write("nonsense", to: "incoming/a.yaml")
    try spool.reject(DirectoryEntry("a.yaml", .regular), report: "no")
    #expect(try spool.originBeside("a.yaml") == origin)
  }

  /// One letter with two hundred accents.
  @Test func namesThatBeginWithOrConsistOfAccentsAreRejectedToo() throws {
    for name in ["\u{301}a.yaml", "e" + String(repeating: "\u{301}", count: 120) + ".yaml"] {
      try folder.write("x", to: "incoming/\(name)")
      let free = try spool.reject(DirectoryEntry(name, .regular), report: "no")
      #expect(folder.text("rejected/\(free)") == "x" && !free.hasPrefix("."))
    }
    #expect(folder.names("incoming").isEmpty)
    #expect(folder.names("rejected").count == 4)
  }

  @Test func submittingANameThatBeginsWithAnAccent() throws {
    #expect(try spool.submit(Array("1".utf8), as: "\u{301}a.yaml", base: "/x") == "\u{301}a.yaml")
    #expect(folder.text("incoming/\u{301}a.yaml") == "1")
    #expect(try spool.originBeside("\u{301}a.yaml")?.base == "/x")
  }

  /// The two names of one word, composed and decomposed, are two files.
  @Test func aJobIsFoundByTheVeryNameItWasDroppedUnder() throws {
    for (sequence, name) in [(1, "\u{E9}.yaml"), (2, "e\u{301}.yaml")] {
      try folder.write("x", to: "incoming/\(name)")
      let job = Job(id: JobID(sequence: sequence, name: "e"), name: "e")
      try spool.accept([Acceptance(job: job, dropped: name, manifest: [], origin: nil)], now: 0)
    }
    #expect(try spool.job(dropped: "\u{E9}.yaml", after: 0)?.sequence == 1)
    #expect(try spool.job(dropped: "e\u{301}.yaml", after: 0)?.sequence == 2)
    #expect(absolutePath("/\u{301}a//") == "/\u{301}a" && absolutePath("//") == "/")
  }

  /// Bytes that somebody makes up so that their FNV is that of others are not theirs.
  @Test func anOriginNamesItsManifestByADigestThatNobodyCanForge() {
    let origin = Origin(base: "/x", manifest: Array("abc".utf8))
    #expect(origin.manifest == Digest(of: Array("abc".utf8)).hexadecimal)
  }

  /// An upgrade finds what the earlier version left in `incoming/`.
  @Test func anOriginOfAnEarlierVersionIsHonoured() throws {
    // FNV-1a of "a", from draft-eastlake-fnv.
    let text = #"{"base":"/data","manifest":"af63dc4c8601ec8c","token":"T"}"#
    let origin = try #require(Origin(Array(text.utf8)))
    #expect(origin.belongs(to: [0x61]) && !origin.belongs(to: [0x62]))
  }

  /// What is no file cannot be an origin; what the disk does not give now may be one.
  @Test func anOriginThatIsNoFileIsNone() throws {
    try createDirectories(folder("incoming/a.yaml.origin"))
    #expect(try spool.originBeside("a.yaml") == nil)
    #expect(symlink("/proc/self/mem", folder("incoming/b.yaml.origin")) == 0)
    #expect(try spool.originBeside("b.yaml") == nil)
  }

  @Test func twoSubmissionsOfTheSameFileHaveOriginsThatDiffer() {
    #expect(Origin(base: "/x", manifest: [1]) != Origin(base: "/x", manifest: [1]))
  }

  @Test func jobsAreFoundByIDNumberAndName() throws {
    try folder.write("", to: "done/000004-solar.yaml")
    try folder.write("", to: "queued/000005-steel.yaml")
    try folder.write("", to: "queued/000006-steel.yaml")
    #expect(try spool.find("000004-solar").state == .done)
    #expect(try spool.find("5").id.description == "000005-steel")
    #expect(try spool.find("solar").id.sequence == 4)
    #expect(throws: JobError.unknown("steel")) { try spool.find("steel") }
    #expect(throws: JobError.unknown("9")) { try spool.find("9") }
  }
}
