import DurableFiles
import Foundation
import Jobs
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
    (".yaml", false), ("a.yaml~", false), ("a.YAML", false), ("two\nlines.yaml", true),
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
    let origin = try #require(spool.originBeside("a-2.yaml"))
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
    #expect(spool.originBeside("a.yaml") == origin)
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
