import DurableFiles
import Foundation
import TemporaryFolder
import Testing

/// `kiln predict`: images that nobody has labelled.
@Suite struct PredictTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.makeFolder("set")
    for (label, name) in ["left", "right, \"quoted\""].enumerated() {
      try folder.makeFolder("set/\(name)")
      // More than two packs, the last one with a single image.
      for index in 0..<(label == 0 ? 17 : 16) { try draw("set/\(name)/\(index).png", label, index) }
    }
  }

  /// A bright half, with some pixels that make each image another one.
  private func draw(_ path: String, _ half: Int, _ index: Int) throws {
    var pixels = [UInt8](repeating: 40, count: 64)
    for place in 0..<64 where (place % 8 < 4) == (half == 0) { pixels[place] = UInt8(150 + 6 * index) }
    pixels[(index * 7) % 64] = UInt8(index * 13 % 256)
    try Data(png(width: 8, height: 8, pixels: pixels)).write(to: URL(fileURLWithPath: folder(path)))
  }

  private static func job(
    _ images: String, layers: String = "", outputs: Int = 1, loss: String = "binaryCrossEntropy"
  ) -> String {
    """
    name: halves
    network:
      - conv2d: {channels: 2, kernel: 32, stride: 32}
    \(layers)  - flatten
      - linear: {outputs: \(outputs)}
    data: {images: "\(images)", validation: 0, cache: false}
    training: {epochs: 2, batchSize: 16, loss: \(loss), optimizer: {sgd: {learningRate: 0.01}}}
    resources: {threads: 2}
    """
  }

  private func train(_ job: String, to run: String = "run") throws {
    try folder.write(job, to: "job.yaml")
    let trained = kiln("train", folder("job.yaml"), "--output", folder(run))
    try #require(trained.status == 0, "\(trained)")
  }

  private struct Line: Decodable, Equatable {
    let path: String
    let label: String?
    let probability: Double?
    let probabilities: [String: Double]?
    let logits: [Double]?
    let reason: String?
  }

  private func predicted(_ arguments: [String], model: String = "run") throws -> [Line] {
    let said = kiln(["predict", folder(model)] + arguments + ["--json", "--no-cache"])
    try #require(said.status == 0, "\(said)")
    return try said.lines.map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
  }

  /// The witness is `evaluate`, which has a pipeline and batches of its own.
  @Test func saysWhatEvaluateSays() throws {
    try train(Self.job(folder("set")))
    let lines = try predicted([folder("set")])
    let evaluated = kiln(
      "evaluate", folder("run"), "--part", "training", "--predictions", folder("predictions.tsv"), "--threads", "1")
    try #require(evaluated.status == 0, "\(evaluated)")
    let rows = try #require(folder.text("predictions.tsv")).split(separator: "\n").dropFirst().map {
      $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
    #expect(lines.count == 33)
    #expect(lines.map(\.path) == rows.map { folder("set/\($0[0])") })
    #expect(lines.map(\.label) == rows.map { $0[2] })
    #expect(lines.map { $0.probability.map { "\($0)" } } == rows.map { $0[3] })
    #expect(lines.map { $0.probabilities?["left"].map { "\($0)" } } == rows.map { $0[4] })
  }

  /// Alone, among others, in another order and at another number of threads an image has the same bits, whatever the
  /// network does to a batch in training.
  @Test(arguments: ["", "  - batchNorm\n  - relu\n  - dropout: {rate: 0.5}\n"])
  func anAnswerDoesNotDependOnOtherImages(_ layers: String) throws {
    try train(Self.job(folder("set"), layers: layers))
    let together = try predicted([folder("set"), "--threads", "1"])
    let backwards = try predicted(together.reversed().map(\.path) + ["--threads", "3"])
    #expect(Array(backwards.reversed()) == together)
    for line in [together[0], together[16], together[32]] { #expect(try predicted([line.path]) == [line]) }
    #expect(Set(together.map(\.logits)).count > 20)
  }

  @Test func imagesThatCannotBeUsedAreNamedInTheirPlace() throws {
    try train(Self.job(folder("set")))
    try folder.makeFolder("new/deep")
    try draw("new/1.png", 0, 1)
    try Data("no image".utf8).write(to: URL(fileURLWithPath: folder("new/2.png")))
    try draw("new/deep/3.PNG", 1, 3)
    try folder.write("notes", to: "new/notes.txt")
    try FileManager.default.createSymbolicLink(
      atPath: folder("new/4.png"), withDestinationPath: folder("nowhere.png"))
    let said = kiln("predict", folder("run"), folder("new"), "--json", "--no-cache")
    #expect(said.status == 0)
    let lines = try said.lines.map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
    #expect(lines.map(\.path) == ["1.png", "2.png", "4.png", "deep/3.PNG"].map { folder("new/\($0)") })
    #expect(lines.map { $0.reason == nil } == [true, false, false, true])
    #expect(lines[2].reason?.contains("no such file") == true)
    #expect(said.errors.contains("1 .txt"))
    let strict = kiln("predict", folder("run"), folder("new"), "--strict", "--no-cache")
    #expect(strict.status == 65 && strict.errors.contains("2 of the images cannot be used"))
    #expect(strict.output.contains("4 images: "))
  }

  @Test func whatIsNotThereIsNamed() throws {
    try train(Self.job(folder("set")))
    for (arguments, word) in [([folder("none.png")], "no such image"), ([folder("run/checkpoints")], "holds no image")]
    {
      let said = kiln(["predict", folder("run")] + arguments)
      #expect(said.status == 66 && said.output.isEmpty && said.errors.contains(word), "\(said)")
    }
    #expect(kiln("predict", folder("nowhere"), folder("set")).status == 66)
    for arguments in [
      [], ["x", "--json", "--csv"], ["x", "--threshold", "2"], ["x", "--follow", "y"], ["x", "--only-new"],
    ] {
      #expect(kiln(["predict", folder("run")] + arguments).status == 64, "\(arguments)")
    }
  }

  @Test func commaSeparatedValuesCanBeReadBack() throws {
    try train(Self.job(folder("set")))
    let said = kiln("predict", folder("run"), folder("set/right, \"quoted\"/3.png"), "--csv", "--no-cache")
    let line = try #require(try predicted([folder("set/right, \"quoted\"/3.png")]).first)
    let numbers = [
      line.probability, line.probabilities?["left"], line.probabilities?["right, \"quoted\""], line.logits?.first,
    ].map { "\($0 ?? .nan)" }
    let quoted = "\"\(folder("set/right, \"\"quoted\"\"/3.png"))\""
    let label = line.label == "left" ? "left" : "\"right, \"\"quoted\"\"\""
    #expect(
      said.lines.map(String.init) == [
        "path,label,probability,p(left),\"p(right, \"\"quoted\"\")\",logit0,reason",
        ([quoted, label] + numbers + [""]).joined(separator: ","),
      ])
  }

  @Test func theThresholdDecides() throws {
    try train(Self.job(folder("set")))
    let lines = try predicted([folder("set")])
    let scores = lines.compactMap { $0.probabilities?["right, \"quoted\""] }
    let threshold = scores.sorted()[20]
    let decided = try predicted([folder("set"), "--threshold", "\(threshold)"])
    #expect(decided.map { $0.label != "left" } == scores.map { $0 >= threshold })
    #expect(decided.map(\.logits) == lines.map(\.logits))
  }

  /// A decision beside the checkpoint is taken without a word on the command line, and told.
  @Test func whatWasChosenForTheCheckpointHolds() throws {
    try train(Self.job(folder("set")))
    let inspected = kiln("inspect", folder("run"), "--json")
    let metadata = inspected.object?["metadata"] as? [String: Any]
    let checksum = try #require(metadata?["kiln.checksum"] as? String)
    let decision =
      #"{"threshold":0.0,"temperature":4,"aim":"recall 1","part":"validation","images":8,"model":"\#(checksum)"}"#
    try folder.write(decision, to: "run/latest/decision.json")
    let lines = try predicted([folder("set")])
    #expect(lines.allSatisfy { $0.label != "left" })
    let line = lines[5]
    let logit = try #require(line.logits?.first)
    #expect(abs((line.probabilities?["left"] ?? 0) - 1 / (1 + exp(logit / 4))) < 1e-12)
    let said = kiln("predict", folder("run"), folder("set/left/0.png"), "--no-cache")
    #expect(said.output.contains("recall 1") && said.output.contains("temperature 4"))
    try folder.write(decision.replacing(checksum, with: "fnv1a64:0"), to: "run/latest/decision.json")
    let refused = kiln("predict", folder("run"), folder("set"))
    #expect(refused.status == 65 && refused.errors.contains("decision.json"), "\(refused)")
  }

  @Test func aThresholdIsForTwoClasses() throws {
    try folder.makeFolder("set/third")
    try draw("set/third/0.png", 0, 9)
    try train(Self.job(folder("set"), outputs: 3, loss: "softmaxCrossEntropy"))
    let lines = try predicted([folder("set/third")])
    #expect(lines[0].logits?.count == 3 && lines[0].probabilities?.count == 3)
    let said = kiln("predict", folder("run"), folder("set"), "--threshold", "0.5")
    #expect(said.status == 64 && said.errors.contains("3 apart"))
  }

  /// The picture has the same bytes every time, and beside it nothing changes.
  @Test func whereTheNetworkLookedIsDrawn() throws {
    try train(Self.job(folder("set")))
    func draw(_ file: String, _ arguments: String...) throws -> Data {
      let said = kiln(
        ["predict", folder("run"), folder("set"), "--no-cache", "--json", "--explain", folder(file)] + arguments)
      #expect(said.status == 0 && said.lines.count == 33, "\(said)")
      return try Data(contentsOf: URL(fileURLWithPath: folder(file)))
    }
    /// Width and height, which stand at the same place of every PNG.
    func sides(_ png: Data) -> [Int] {
      [16, 20].map { png[$0..<$0 + 4].reduce(0) { $0 << 8 | Int($1) } }
    }
    let plain = try draw("a.png", "--explained", "4", "--threads", "1")
    #expect(try draw("b.png", "--explained", "4", "--threads", "3") == plain)
    let occluded = try draw("c.png", "--explained", "4", "--occlusion")
    #expect(sides(plain)[0] == 4 * 256 + 3 * 20 + 80)
    #expect(sides(occluded)[0] == 6 * 256 + 5 * 20 + 80)
    #expect(try sides(draw("d.png", "--explained", "6"))[1] > sides(plain)[1] + 256)
    let evaluated = kiln(
      "evaluate", folder("run"), "--part", "training", "--explain", folder("e.png"), "--explained", "4")
    #expect(evaluated.status == 0 && evaluated.errors.contains("the first 4 of 33 images"), "\(evaluated)")
    #expect(try sides(Data(contentsOf: URL(fileURLWithPath: folder("e.png")))) == sides(plain))
    for arguments in [["--occlusion"], ["--explain", "x.png", "--explained", "0"]] {
      #expect(kiln(["predict", folder("run"), folder("set")] + arguments).status == 64)
    }
  }

  @Test func aFullDiskEndsIt() throws {
    try train(Self.job(folder("set")))
    let said = kiln(["predict", folder("run"), folder("set"), "--no-cache"], failing: .output)
    #expect(said.status == 74)
  }
}
