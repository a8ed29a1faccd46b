import Checkpoints
import DurableFiles
import Foundation
import RunFiles
import TemporaryFolder
import Testing

/// `kiln verify --replay` on runs that somebody has changed.
@Suite struct VerifyReplayTests {
  private let trained: TrainedRun

  init() throws { trained = try TrainedRun() }

  /// Checksums cannot tell; the job can.
  @Test func aTamperedCheckpointIsNamedByStepAndTensor() throws {
    try trained.tamper(3) { $0.tensors[0].values[7] += 1e-6 }
    #expect(try trained.report().isRight)
    let report = try trained.report("--replay")
    #expect(report.wrong == ["replay"])
    let text = report.text(of: "replay")
    #expect(
      text.contains("step 3 does not follow from step 2: 2.weight (1 of 48 values, by 1.0e-06, first [0, 7])"),
      "\(text)")
    #expect(text.contains("only this checkpoint is wrong") && text.contains("its checksum is right"), "\(text)")
    let steps = try #require(report.replay?.steps)
    #expect(steps.map(\.step) == [2, 3, 4, 6] && steps.map(\.reproduces) == [true, false, true, true])
    #expect(steps[1].tensors.map(\.name) == ["2.weight"] && steps[1].tensors[0].file == "model.safetensors")
    let said = trained.verified("--replay")
    #expect(
      said.status == 65 && said.output.contains("step 3      OTHER       DOES NOT FOLLOW      2.weight"),
      "\(said.output)")
    // The stretch behind it is as it should be, and so is that before it.
    #expect(try trained.report("--replay", "--from", "4").isRight)
    #expect(try trained.report("--replay", "--to", "2").isRight)
  }

  @Test func theLastCheckpointIsJudgedByTheMetrics() throws {
    try trained.tamper(6, .training) { $0.tensors[0].values[0] += 1 }
    let text = try trained.report("--replay").text(of: "replay")
    #expect(
      text.contains("step 6 does not follow from step 4: momentum.")
        || text.contains("step 6 does not follow from step 4: "))
    #expect(text.contains("All rows of metrics.jsonl up to it are the replay's: it was changed afterwards"), "\(text)")
  }

  @Test func damageIsNamedByItsTensorToo() throws {
    var bytes = try readFile(trained.path(4, .model), limit: 1 << 20)
    bytes[bytes.count - 1] ^= 1
    try publish(bytes, to: trained.path(4, .model))
    let report = try trained.report("--replay")
    #expect(report.wrong == ["checkpoints", "replay"])
    #expect(
      report.text(of: "replay").contains("step 4 does not follow from step 3: 2.bias (1 of 1 values"), "\(report)")
    #expect(report.text(of: "replay").contains("its checksum is wrong too"))
  }

  @Test func anEditedRowIsFound() throws {
    try trained.edit("metrics.jsonl") { $0.replacing(/("step":5,"loss":)[^,]*/) { "\($0.1)0.125" } }
    let text = try trained.report("--replay").text(of: "replay")
    #expect(text.contains("metrics.jsonl, step 5: loss is 0.125, replayed 0."), "\(text)")
  }

  /// Of the same name and size, so that nothing but the pixels can tell.
  @Test func anExchangedImageIsFound() throws {
    try trained.draw(99, 1, to: "images/bad/2.png")
    let plain = try trained.report()
    #expect(plain.isRight && plain.text(of: "data").contains("1 image was written since the run began: bad/2.png"))
    let report = try trained.report("--replay")
    let text = report.text(of: "replay")
    #expect(report.wrong == ["replay"] && text.contains("the first row that differs is that of step"), "\(text)")
    #expect(text.contains("written since the run began: bad/2.png") || text.contains("the row of epoch"), "\(text)")
    // Of another size, the account of the data knows it.
    try Data(png(width: 9, height: 8, pixels: [UInt8](repeating: 9, count: 72)))
      .write(to: URL(fileURLWithPath: trained.folder("images/bad/2.png")))
    #expect(
      try trained.report("--replay").text(of: "replay").contains("bad/2.png (PNG 8 x 8; now PNG 9 x 8, one colour)"))
  }

  @Test func anEditedJobIsNotReplayed() throws {
    try trained.edit("job.yaml") { $0.replacing("batchSize: 4", with: "batchSize: 3") }
    let report = try trained.report("--replay")
    #expect(report.wrong == ["job", "replay"], "\(report)")
    #expect(report.text(of: "replay").contains("training.batchSize is 4, the job's is 3"))
  }

  /// `kiln train --seed`: the checkpoints say it, the job file another.
  @Test func aSeedOfTheCommandLineIsReplayed() throws {
    let other = kiln("train", trained.folder("job.yaml"), "--seed", "7", "--output", trained.folder("seven"))
    try #require(other.status == 0)
    let said = kiln("verify", trained.folder("seven"), "--replay")
    #expect(said.status == 0 && said.output.contains("training.seed is 7 in the checkpoint"), "\(said)")
  }

  /// A job without a name is called as its file was, which is job.yaml in the run.
  @Test func aJobWithoutANameIsReplayed() throws {
    try trained.folder.write(TrainedRun.job().replacing("name: corners\n", with: ""), to: "cells.yaml")
    try #require(kiln("train", trained.folder("cells.yaml"), "--output", trained.folder("cells")).status == 0)
    let said = kiln("verify", trained.folder("cells"), "--replay")
    #expect(said.status == 0, "\(said)")
  }

  @Test func anExtendedRunIsVerified() throws {
    let further = kiln("train", trained.folder("job.yaml"), "--output", trained.run, "--extend", "1")
    try #require(further.status == 0, "\(further)")
    let said = trained.verified("--replay")
    #expect(said.status == 0, "\(said)")
    try trained.edit("extensions.json") { $0.replacing("\"epochs\":1", with: "\"epochs\":2") }
    let report = try trained.report("--replay")
    #expect(report.wrong.contains("job") && report.wrong.contains("replay"), "\(report)")
    try trained.folder.write("[]", to: "run/extensions.json")
    #expect(try trained.report().wrong.contains("job"))
    try trained.folder.write("none", to: "run/extensions.json")
    #expect(try trained.report().text(of: "job").contains("extensions.json is no list"))
  }

  private static let earlier = URL(fileURLWithPath: Fixtures.package).appendingPathComponent("Tests/Fixtures").path

  /// What an earlier Kiln left says less, and is what the job still gives; where its arithmetic was another, that is said.
  @Test(arguments: ["plain", "validating", "diverged", "plateau", "initial"])
  func aRunOfAnEarlierKilnIsReplayed(name: String) throws {
    let said = kiln("verify", "\(Self.earlier)/runs/\(name)", "--base", "\(Self.earlier)/initial", "--replay")
    #expect(said.status == 0, "\(said)")
  }

  @Test func whatNoKilnOfTodayGivesIsSaid() throws {
    for (name, text) in [("batch-norm", "computed `batchNorm` in another way"), ("lonely", "batchSize: ")] {
      let said = kiln("verify", "\(Self.earlier)/runs/\(name)", "--base", "\(Self.earlier)/initial", "--replay")
      #expect(said.status == 65 && said.output.replacing("\n  ", with: " ").contains(text), "\(said)")
    }
    let rest = kiln(
      "verify", "\(Self.earlier)/runs/lonely", "--base", "\(Self.earlier)/initial", "--replay", "--from", "2")
    #expect(rest.status == 0, "\(rest)")
  }
}
