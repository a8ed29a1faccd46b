import Checkpoints
import DurableFiles
import Foundation
import TemporaryFolder
import Testing

/// `kiln train`, and `kiln evaluate` and `kiln inspect` of what it left.
@Suite struct TrainTests {
  private let folder: TemporaryFolder
  private var run: String { folder("run") }

  init() throws { folder = try TemporaryFolder() }

  private func train(_ job: String) throws -> Said {
    try folder.write(job, to: "job.yaml")
    return kiln("train", folder("job.yaml"), "--output", run)
  }

  /// The rows of the epochs, in order.
  private func epochs() throws -> [[String: Any]] {
    try #require(folder.text("run/metrics.jsonl")).split(separator: "\n").compactMap {
      try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
    }.filter { $0["kind"] as? String == "epoch" }
  }

  @Test func theBestCheckpointIsTheOneThatIsMarked() throws {
    let trained = try train(Fixtures.job(epochs: 3, validation: "0.4"))
    #expect(trained.status == 0, "\(trained)")
    let rows = try epochs()
    // Which one was best is no matter: neither of the others must be taken for the one that is marked.
    for row in rows.dropLast() {
      let step = try #require(row["step"] as? Int)
      try CheckpointStore(run: run).markBest(step: step)
      let best = try #require(kiln("evaluate", run, "--json", "--part", "validation", "--checkpoint", "best").object)
      #expect(best["step"] as? Int == step && best["loss"] as? Double == row["validationLoss"] as? Double)
    }
    let latest = try #require(kiln("evaluate", run, "--json", "--part", "validation").object)
    let last = try #require(rows.last)
    #expect(
      latest["step"] as? Int == last["step"] as? Int && latest["loss"] as? Double == last["validationLoss"] as? Double)
    #expect(Set(rows.compactMap { $0["validationLoss"] as? Double }).count == rows.count)
    #expect(latest["f1"] != nil && latest["rocAuc"] != nil && latest["accuracy"] != nil)
    #expect(kiln("evaluate", run, "--part", "test").status == 65)
    #expect(kiln("evaluate", folder("nowhere")).status == 66)
    #expect(kiln("inspect", run, "--json").object?["parameters"] as? Int == 3 * 32 * 32 + 1 + 64 + 1)
  }

  /// Case 29 of the public reports: whatever `maximumSkipped` says, nothing is learnt of nothing.
  @Test(arguments: [
    ("day", "night", "dataset", "none of the training images can be used"),
    ("day", "night", "none", "none of the training images can be used"),
    ("", "night", "dataset", "none of the training images of class 'night' can be used"),
    ("day", "", "none", "none of the training images of class 'day' can be used"),
  ])
  func aClassWithoutAUsableImageIsAnErrorWhateverTheLimit(
    torn: String, alsoTorn: String, normalize: String, message: String
  ) throws {
    for name in ["day", "night"] {
      try folder.makeFolder("images/\(name)")
      for index in 0..<6 {
        let bytes = [torn, alsoTorn].contains(name) ? Array("no image".utf8) : blackPNG(width: 8, height: 8)
        try Data(bytes).write(to: URL(fileURLWithPath: folder("images/\(name)/\(index).png")))
      }
    }
    let job = Fixtures.job(images: folder("images"), validation: "0.34").replacing(
      "cache: false", with: "cache: false, maximumSkipped: 1, normalize: \(normalize)")
    let trained = try train(job)
    #expect(trained.status == 65 && trained.errors.contains(message), "\(trained)")
    let skipped = try #require(folder.text("run/skipped.tsv"))
    #expect(skipped.split(separator: "\n").count > 4 && skipped.contains("is plain text"), "\(skipped)")
  }

  /// The name of a folder is a class.
  @Test func aClassSteersNoTerminal() throws {
    try folder.makeFolder("images")
    for name in ["cracked", "intact"] {
      try FileManager.default.copyItem(
        atPath: "\(Fixtures.cells)/\(name)", toPath: folder("images/\(name)\u{1B}[2J\nbest epoch 9"))
    }
    try folder.write("no image", to: "images/intact\u{1B}[2J\nbest epoch 9/un\u{1B}seen\n.png")
    let job = Fixtures.job(images: folder("images"), validation: "0.4").replacing(
      "cache: false", with: "cache: false, maximumSkipped: 0.5")
    let trained = try train(job)
    #expect(trained.status == 0 && trained.output.contains(": cracked?[2J best epoch 9"), "\(trained)")
    #expect(trained.output.contains("skipped intact?[2J best epoch 9/un?seen .png"))
    let evaluated = kiln("evaluate", run, "--part", "training")
    #expect(evaluated.status == 0 && evaluated.output.contains("taken for cracked?[2J"), "\(evaluated)")
    for said in [trained, evaluated, kiln("inspect", run)] {
      #expect(!said.output.contains("\u{1B}") && !said.lines.contains("best epoch 9"))
    }
  }

  @Test func aJobWithoutDataLeavesNoFolder() throws {
    let said = try train(Fixtures.job(images: folder("nowhere")))
    #expect(said.status == 65 && said.errors.contains("job.yaml:6:16: error: "), "\(said)")
    #expect(folder.names() == ["job.yaml"])
    #expect(kiln("train", folder("missing.yaml")).status == 66)
  }

  @Test func aFolderOfAnotherJobIsRefused() throws {
    #expect(try train(Fixtures.job()).status == 0)
    let said = try train(Fixtures.job(name: "another"))
    #expect(said.status == 65 && said.errors.contains("holds the run of another job"))
    #expect(folder.text("run/job.yaml") == Fixtures.job())
  }

  /// The disk may be full where the output goes, and be fine where the run is.
  @Test func whatCannotBeToldEndsNoTraining() throws {
    try folder.write(Fixtures.job(), to: "job.yaml")
    #expect(kiln(["train", folder("job.yaml"), "--output", run], failing: .output).status == 0)
    #expect(folder.text("run/progress.json")?.contains(#""done""#) == true)
  }

  @Test func aTensorWithoutAFiniteValueHasNoFigures() throws {
    let tensor = NamedTensor(name: "0.bias", shape: [1], values: [.nan])
    try publish(try Safetensors.encode([tensor], metadata: [:]), to: folder("nan.safetensors"))
    let said = kiln("inspect", folder("nan.safetensors"), "--json")
    let tensors = said.object?["tensors"] as? [[String: Any]]
    #expect(said.status == 0 && tensors?.first?["minimum"] is NSNull && said.object?["training"] is NSNull, "\(said)")
    #expect(kiln("inspect", folder("nan.safetensors")).output.contains("non-finite"))
    try folder.write("no tensors", to: "damaged.safetensors")
    #expect(kiln("inspect", folder("damaged.safetensors")).status == 65)
    #expect(kiln("inspect", folder("nowhere")).status == 66)
  }
}
