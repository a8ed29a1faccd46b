import DurableFiles
import Foundation
import TemporaryFolder
import Testing

/// `initialFrom: {run: NAME, checkpoint: best}`: a network begins with the weights of another run.
@Suite struct InitialRunTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func write(_ job: String, initialFrom: String?, validation: String = "0") throws {
    // The name is in the model's metadata: of one name, the same weights are the same bytes.
    let text = Fixtures.job(name: "tiny", validation: validation)
    let initial = initialFrom.map { "initialFrom: \($0), " } ?? ""
    try folder.write(text.replacing("training: {", with: "training: {\(initial)"), to: "\(job).yaml")
  }

  private func train(_ job: String, _ arguments: String..., to run: String) -> Said {
    kiln(["train", folder("\(job).yaml"), "--output", folder(run)] + arguments)
  }

  private func model(_ run: String) throws -> [UInt8] {
    try readFile(folder("\(run)/latest/model.safetensors"), limit: 1 << 20)
  }

  @Test func aRunIsWhatItsFileIs() throws {
    try write("first", initialFrom: nil, validation: "0.4")
    try #require(train("first", to: "runs/first").status == 0)
    try write("byFile", initialFrom: "runs/first/best/model.safetensors")
    let byFile = train("byFile", to: "results/file")
    try #require(byFile.status == 0, "\(byFile)")
    // Below `runs` beside the job, as a folder relative to it, and beside the new run.
    for (name, run, place) in [("a", "first", "results/a"), ("b", "runs/first", "results/b"), ("c", "first", "runs/c")]
    {
      try write(name, initialFrom: "{run: \(run)}")
      let said = train(name, to: place)
      #expect(said.status == 0, "\(said)")
      #expect(try model(place) == model("results/file"))
    }
    try write("latest", initialFrom: "{run: first, checkpoint: latest}")
    #expect(train("latest", to: "results/latest").status == 0)
    // Without it the weights are others.
    #expect(try model("results/file") != model("runs/first"))
  }

  /// In the daemon's home a run is a folder beside the new one, called by ID, number or name.
  @Test func aRunOfTheHome() throws {
    try write("first", initialFrom: nil)
    try #require(train("first", to: "runs/000003-first").status == 0)
    var models: [[UInt8]] = []
    for (index, name) in ["000003-first", "\"3\"", "first"].enumerated() {
      try write("second", initialFrom: "{run: \(name), checkpoint: latest}")
      let place = "runs/00001\(index)-first"
      let said = train("second", "--supervised", "--base", folder.path, to: place)
      #expect(said.status == 0, "\(said)")
      models.append(try model(place))
      try FileManager.default.moveItem(atPath: folder(place), toPath: folder("kept\(index)"))
    }
    #expect(models[0] == models[1] && models[0] == models[2])
    // A folder elsewhere is none of the home's, and of two with one name an ID says which.
    try FileManager.default.copyItem(atPath: folder("runs/000003-first"), toPath: folder("runs/000004-first"))
    for (run, problem) in [
      ("first", "2 runs are called 'first'"), ("../kept0", "there is no run in '../kept0'"),
      ("kept0", "there is no run 'kept0'"),
    ] {
      try write("third", initialFrom: "{run: \(run), checkpoint: latest}")
      let refused = train("third", "--supervised", "--base", folder.path, to: "runs/000020-third")
      #expect(refused.status == 65 && refused.errors.contains(problem), "\(refused)")
    }
  }

  /// The run that it began with may go on, or be removed: the new one has a copy of what it began with.
  @Test func theOtherRunMayGo() throws {
    try write("first", initialFrom: nil)
    try #require(train("first", to: "runs/first").status == 0)
    try write("second", initialFrom: "{run: first, checkpoint: latest}")
    try #require(train("second", to: "runs/second").status == 0)
    let expected = try model("runs/second")
    #expect(try readFile(folder("runs/second/initial.safetensors"), limit: 1 << 20) == model("runs/first"))
    try FileManager.default.removeItem(atPath: folder("runs/first"))
    let verified = kiln("verify", folder("runs/second"), "--replay")
    #expect(verified.status == 0, "\(verified)")
    for name in ["checkpoints", "latest", "metrics.jsonl", "progress.json"] {
      try FileManager.default.removeItem(atPath: folder("runs/second/\(name)"))
    }
    let again = train("second", to: "runs/second")
    #expect(again.status == 0, "\(again)")
    #expect(try model("runs/second") == expected)
    // What it began with counts: another copy is another run.
    try FileManager.default.removeItem(atPath: folder("runs/second/initial.safetensors"))
    try write("first", initialFrom: nil, validation: "0.4")
    try #require(train("first", to: "runs/first").status == 0)
    #expect(kiln("verify", folder("runs/second"), "--replay").status == 65)
  }

  @Test func whatIsNotThereIsNamedWithTheCure() throws {
    try write("first", initialFrom: nil)
    try #require(train("first", to: "runs/first").status == 0)
    for (initial, problem, cure) in [
      ("{run: nowhere}", "there is no run 'nowhere'", "train it first"),
      ("{run: first}", "the run has no such checkpoint", "checkpoint: latest"),
      ("{run: first, checkpoint: newest}", "`checkpoint`", "latest"),
      ("{checkpoint: best}", "`run` in initialFrom", "expected run"),
      ("[first]", "`initialFrom`", "is a list"),
    ] {
      try write("second", initialFrom: initial)
      let refused = train("second", to: "results")
      #expect(refused.status == 65 && refused.errors.contains(problem) && refused.errors.contains(cure), "\(refused)")
      #expect(!FileManager.default.fileExists(atPath: folder("results")), "nothing is left behind")
    }
    try write("second", initialFrom: "{run: nowhere}")
    #expect(
      train("second", to: "results").errors.hasPrefix("\(folder("second.yaml")):"), "the place in the file is said")
  }
}
