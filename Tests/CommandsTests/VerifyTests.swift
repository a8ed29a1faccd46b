import Checkpoints
import DurableFiles
import Foundation
import RunFiles
import TemporaryFolder
import Testing

@Suite struct VerifyTests {
  @Test func aWholeRunIsRightAndNothingIsWritten() throws {
    let trained = try TrainedRun(data: ", test: 0.25")
    let before = try trained.state()
    let said = trained.verified()
    #expect(said.status == 0 && said.errors.isEmpty, "\(said)")
    #expect(said.output.contains("--replay proves") && !said.output.contains("WRONG"))
    #expect(said.lines.dropLast().allSatisfy { $0.count <= 79 }, "\(said.output)")
    let report = try trained.report()
    #expect(report.checks.allSatisfy { $0.result == "ok" }, "\(report.checks)")
    #expect(
      report.checks.map(\.name) == [
        "job", "checkpoints", "latest", "best", "metrics", "metrics = checkpoints", "data", "skipped", "progress",
        "loss curve", "folder",
      ])
    let scratch = try TemporaryFolder()
    let replayed = trained.verified("--replay", "--threads", "3", "--scratch", scratch.path)
    #expect(
      replayed.status == 0 && replayed.output.contains("everything is right, and what its job gives"), "\(replayed)")
    #expect(scratch.names().isEmpty)
    let found = try trained.report("--replay", "--from", "2").replay
    #expect(found?.reproduces == true && found?.steps.first?.step ?? 0 > 2)
    #expect(try trained.state() == before)
  }

  /// Without training again: an image that holds something else, and one that holds nothing, by the pixels of data.tsv.
  @Test func exchangedImagesAreNamedByTheirPixels() throws {
    let trained = try TrainedRun()
    #expect(try trained.report("--pixels").checks.last { $0.name == "pixels" }?.result == "ok")
    try trained.draw(99, 0, to: "images/bad/2.png")
    try trained.folder.write("no image", to: "images/ok/5.png")
    #expect(try trained.report().isRight)
    let report = try trained.report("--pixels", "--threads", "3")
    #expect(report.wrong == ["pixels"])
    let text = report.text(of: "pixels")
    #expect(
      text.contains("2 images hold other pixels") && text.contains("bad/2.png") && text.contains("ok/5.png"), "\(text)")
    // The same picture in other bytes is the same.
    try trained.draw(2, 0, to: "images/bad/2.png")
    try trained.draw(5, 3, to: "images/ok/5.png")
    #expect(try trained.report("--pixels").isRight)
    // A table of before says nothing, and that is said.
    try trained.edit("data.tsv") { table in
      table.split(separator: "\n").map {
        $0.split(separator: "\t", omittingEmptySubsequences: false).dropLast().joined(separator: "\t") + "\n"
      }
      .joined()
    }
    #expect(try trained.report("--pixels").checks.last { $0.name == "pixels" }?.result == "not checked")
  }

  /// All findings, not only the first.
  @Test func everythingThatIsWrongIsTold() throws {
    let trained = try TrainedRun()
    let store = CheckpointStore(run: trained.run)
    var bytes = try readFile(trained.path(2, .training), limit: 1 << 20)
    bytes[bytes.count - 2] ^= 8
    try publish(bytes, to: trained.path(2, .training))
    try replaceSymlink(at: trained.folder("run/latest"), to: "checkpoints/00000002")
    try replaceSymlink(at: trained.folder("run/best"), to: "../other/checkpoints/00000003")
    try trained.edit("metrics.jsonl") { $0.replacing(/"step":2,"loss":[^,]*/, with: "\"step\":2,\"loss\":0.5") }
    try trained.edit("job.yaml") { $0.replacing("0.05", with: "0.06") }
    try trained.edit("progress.json") { $0.replacing("\"step\":6", with: "\"step\":5") }
    try remove(trained.folder("images/bad/3.png"))
    try trained.folder.write("", to: "run/notes.txt")
    let report = try trained.report()
    #expect(report.wrong == ["job", "checkpoints", "latest", "best", "metrics", "data", "progress"], "\(report)")
    #expect(
      report.text(of: "job").contains("origin.json")
        && report.text(of: "job").contains("training.optimizer.adam.learningRate"))
    #expect(report.text(of: "checkpoints").contains("step 2: \(store.path(of: 2))/training.safetensors is damaged"))
    #expect(report.text(of: "latest").contains("points to checkpoints/00000002"))
    #expect(report.text(of: "metrics").contains("epoch 1 says trainLoss"))
    #expect(report.text(of: "data").contains("1 image is missing: bad/3.png"))
    #expect(report.text(of: "folder").contains("notes.txt is no file of Kiln's"))
    #expect(report.checks.flatMap(\.findings).filter(\.isWrong).allSatisfy { $0.cure != nil })
    let said = trained.verified()
    #expect(said.status == 65 && said.errors.isEmpty && said.lines.last?.contains("things are wrong") == true)
  }

  @Test func rowsAreComparedWithTheCheckpoints() throws {
    let trained = try TrainedRun()
    let original = try #require(trained.folder.text("run/metrics.jsonl"))
    let edits: [(Regex<Substring>, String, String, String)] = [
      (
        try Regex("\"validationLoss\":[^,]*"), "\"validationLoss\":0.001", "metrics = checkpoints",
        "the row of epoch 1 says 0.001"
      ),
      (try Regex("[^\\n]*\"step\":4,[^\\n]*\\n"), "", "metrics", "the row of step 4 is missing"),
      (
        try Regex("\"kind\":\"step\",\"epoch\":1,\"step\":3"), "\"kind\":\"step\",\"epoch\":2,\"step\":3", "metrics",
        "says epoch 2, not 1"
      ),
      (try Regex("\"seconds\":[^,}]*"), "\"seconds\":9999", "metrics", "the time goes back"),
      (try Regex("\\{\"kind\":\"step\""), "{\"kind\":", "metrics", "1 lines are no rows"),
    ]
    for (pattern, replacement, name, text) in edits {
      let edited = original.replacing(pattern, with: replacement, maxReplacements: 1)
      try #require(edited != original)
      try trained.folder.write(edited, to: "run/metrics.jsonl")
      let report = try trained.report()
      #expect(report.wrong.contains(name) && report.text(of: name).contains(text), "\(name): \(report)")
    }
    try remove(trained.folder("run/metrics.jsonl"))
    #expect(try trained.report().wrong.contains("metrics"))
  }

  @Test func imagesAreComparedWithTheAccount() throws {
    let trained = try TrainedRun()
    try trained.draw(20, 0, to: "images/bad/new.png")
    try FileManager.default.moveItem(
      atPath: trained.folder("images/bad/4.png"), toPath: trained.folder("images/ok/94.png"))
    let report = try trained.report()
    #expect(report.wrong == ["data"])
    let text = report.text(of: "data")
    #expect(text.contains("missing: bad/4.png") && text.contains("2 images are new: bad/new.png, ok/94.png"), "\(text)")
    try remove(trained.folder("images/bad/new.png"))
    try FileManager.default.moveItem(
      atPath: trained.folder("images/ok/94.png"), toPath: trained.folder("images/bad/4.png"))
    #expect(try trained.report().isRight)
    // An account that somebody has edited, and one that is none.
    try trained.edit("data.tsv") { $0.replacing("bad/4.png\tbad", with: "bad/4.png\tok") }
    #expect(try trained.report().text(of: "data").contains("data.tsv"))
    try trained.folder.write("path\n", to: "run/data.tsv")
    #expect(try trained.report().wrong == ["data"])
    // The whole folder is elsewhere.
    try FileManager.default.moveItem(atPath: trained.folder("images"), toPath: trained.folder("moved"))
    #expect(try trained.report().text(of: "data").contains("cannot be listed"))
  }

  @Test func aRunThatIsTrainedRightNowIsSaidToBe() throws {
    let trained = try TrainedRun()
    let lock = try FileLock(trained.folder("run/run.lock"))
    let said = trained.verified()
    #expect(said.status == 0 && said.output.contains("process \(getpid()) trains in this folder right now"), "\(said)")
    #expect(try trained.report().isTraining)
    withExtendedLifetime(lock) {}
  }

  @Test func whatIsLeftAndWhatIsStrangeIsNamed() throws {
    let trained = try TrainedRun()
    for name in [
      ".metrics.jsonl.12-34.tmp", "checkpoints/.00000002.unfinished", "checkpoints/00000004.damaged", "edited.yaml",
      "checkpoints/00000002/model.onnx", "checkpoints/backup",
    ] {
      try trained.folder.write("", to: "run/\(name)")
    }
    let report = try trained.report()
    #expect(report.isRight)
    let text = report.text(of: "folder")
    for name in [
      ".metrics.jsonl.12-34.tmp is what a crash has left", "checkpoints/.00000002.unfinished is what a crash",
      "checkpoints/00000004.damaged was set aside", "edited.yaml was set aside",
      "00000002/model.onnx is no file of Kiln's",
      "checkpoints/backup is no file of Kiln's",
    ] {
      #expect(text.contains(name), "\(text)")
    }
  }

  @Test func whatCannotBeVerifiedIsRefused() throws {
    let folder = try TemporaryFolder()
    #expect(kiln("verify", folder("nothing")).status == 66)
    #expect(kiln("verify", folder.path).status == 66)
    let trained = try TrainedRun()
    for arguments in [["--from", "2"], ["--replay", "--threads", "0"], ["--replay", "--from", "-1"]] {
      #expect(kiln(["verify", trained.run] + arguments).status == 64)
    }
    let inside = trained.verified("--replay", "--scratch", trained.folder("run/checkpoints"))
    #expect(inside.status == 64 && inside.errors.contains("lies in the run's folder"), "\(inside)")
    let unknown = trained.verified("--replay", "--from", "5")
    #expect(unknown.status == 66, "\(unknown)")
    #expect(
      unknown.errors.contains("no checkpoint of step 5 that can be read; there are those of 2, 3, 4, 6"), "\(unknown)")
    #expect(trained.verified("--replay", "--from", "6").errors.contains("no checkpoint comes after step 6"))
  }
}
