import Commands
import DurableFiles
import TemporaryFolder
import Testing

/// Where `kiln train` puts a run that nobody named a folder for.
@Suite struct ForegroundRunTests {
  private let folder: TemporaryFolder
  private let job = Array("name: x\n".utf8)

  init() throws { folder = try TemporaryFolder() }

  private func choose(_ name: String) throws -> (name: String, reason: String?) {
    let choice = try ForegroundRun.choose(for: name, job: job, in: folder.path)
    #expect(choice.folder.hasPrefix(folder.path + "/"))
    return (String(choice.folder.dropFirst(folder.path.utf8.count + 1)), choice.passedOver?.reason)
  }

  private func makeRun(_ name: String, job: String = "name: x\n", state: String? = nil) throws {
    try folder.makeFolder(name)
    try folder.write(job, to: "\(name)/job.yaml")
    guard let state else { return }
    try folder.write(
      #"{"epoch":1,"epochs":1,"step":1,"steps":1,"imagesPerSecond":0,"state":"\#(state)"}"#,
      to: "\(name)/progress.json")
  }

  @Test(arguments: [
    ("../x", "x"), ("..", "job"), (".", "job"), ("/etc/passwd", "etc-passwd"), ("a/b", "a-b"), ("tiny", "tiny"),
    ("Solar Cells", "solar-cells"), ("a\u{1B}[2J", "a-2j"),
  ])
  func theFolderIsOneNameBelowRuns(name: String, expected: String) throws {
    #expect(try choose(name) == (expected, nil))
  }

  @Test func anUnfinishedRunOfTheSameJobIsTakenUpAgain() throws {
    for state in ["interrupted", "failed", "training"] {
      try makeRun("x", state: state)
      #expect(try choose("x") == ("x", nil))
    }
    try makeRun("x")
    #expect(try choose("x") == ("x", nil))
  }

  @Test func aRunBegunUnderTheNameItselfGoesOnThere() throws {
    try makeRun("Solar Cells", state: "interrupted")
    #expect(try choose("Solar Cells") == ("Solar Cells", nil))
    try makeRun("Solar Cells", state: "done")
    #expect(try choose("Solar Cells") == ("solar-cells", nil))
  }

  @Test func whatIsTakenIsPassedOverWithAReason() throws {
    try makeRun("x", state: "done")
    #expect(try choose("x") == ("x-2", "holds a finished run"))
    try makeRun("x-2", job: "name: another, and longer\n")
    #expect(try choose("x") == ("x-3", "holds a finished run"))
    try makeRun("y", job: "name: y\n")
    #expect(try choose("y") == ("y-2", "holds the run of another job (name was y and is x)"))
    try folder.makeFolder("z")
    #expect(try choose("z") == ("z-2", "is not the folder of a run"))
  }

  @Test func aRunThatGoesOnIsPassedOver() throws {
    try makeRun("x", state: "training")
    let lock = try FileLock(folder("x/run.lock"))
    #expect(try choose("x") == ("x-2", "is in use by another process"))
    withExtendedLifetime(lock) {}
  }
}
