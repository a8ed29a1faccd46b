import Foundation
import Jobs
import TemporaryFolder
import Testing

@Suite struct CompareTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func makeRun(_ name: String, loss: String = "0.5") throws {
    try folder.makeFolder(name)
    try folder.write(
      #"{"kind":"epoch","epoch":1,"step":1,"trainLoss":\#(loss),"trainAccuracy":0.5,"validationLoss":\#(loss),"#
        + #""validationAccuracy":0.75,"skipped":0,"learningRate":0.1,"imagesPerSecond":9,"seconds":1}"# + "\n",
      to: "\(name)/metrics.jsonl")
    try folder.write("name: a\n", to: "\(name)/job.yaml")
  }

  @Test func aRunsNameSteersNoTerminal() throws {
    try makeRun("evil\u{1B}[2J")
    let said = kiln(["compare", folder("evil\u{1B}[2J")], isTerminal: true)
    #expect(said.status == 0 && said.output.contains("evil?[2J") && said.output.contains("0.5000"), "\(said)")
    // The chart has colours; nothing else speaks to the terminal.
    #expect(!said.output.replacing(/\u{1B}\[[0-9]+m/, with: "").contains("\u{1B}"))
  }

  @Test func whatCannotBeReadIsSaid() throws {
    try makeRun("a")
    try folder.write("no progress", to: "a/progress.json")
    let said = kiln("compare", folder("a"))
    #expect(said.status == 0 && said.errors.contains("progress.json"))
    #expect(kiln("compare", folder("nowhere")).status == 66)
  }

  @Test func aRunMayBeNamedByItsJob() throws {
    try Spool(home: folder.path).create()
    try makeRun("runs/000003-a")
    try folder.write("name: a\n", to: "done/000003-a.yaml")
    let said = kiln("compare", "3", "--json", "--home", folder.path)
    #expect(said.status == 0 && said.output.contains(#""name" : "000003-a""#), "\(said)")
    #expect(kiln("compare", "4", "--home", folder.path).status == 66)
  }
}
