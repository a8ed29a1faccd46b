import Checkpoints
import Configuration
import Datasets
import DurableFiles
import Foundation
import Images
import Networks
import TemporaryFolder
import Testing
import Training

/// `kiln evaluate` on a checkpoint without a job, and on answers of every shape.
///
/// The network is made by hand: its logit is steepness x (gray / 255 - middle), for a class in the middle of three as well.
@Suite struct EvaluateCheckpointTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func makeNetwork(
    _ steepness: Float = 8, middle: Float = 0.5, loss: any Loss = BinaryCrossEntropy(),
    classes: [String] = ["bad", "ok"]
  ) throws {
    let outputs = classes.count > 2 ? classes.count : 1
    let layers = "[avgPool2d: {kernel: 128}, flatten, linear: {outputs: \(outputs)}]"
    let node = try Document.parse(layers, file: "layers")
    let weights = (0..<outputs).flatMap { [Float](repeating: steepness / 12 * Float($0 + 1), count: 12) }
    let trained = try TrainedNetwork(
      network: try Network(node), loss: loss, statistics: .none, classes: classes, reading: ImageReading(),
      model: [
        NamedTensor(name: "2.weight", shape: [outputs, 12], values: weights),
        NamedTensor(
          name: "2.bias", shape: [outputs], values: (0..<outputs).map { -steepness * middle * Float($0 + 1) }),
      ])
    let (model, training) = try trained.checkpoint()
    try createDirectories(folder("made"))
    for (file, name) in [(model, "model"), (training, "training")] {
      try publish(
        try Safetensors.encode(file.tensors, metadata: file.metadata), to: folder("made/\(name).safetensors"))
    }
  }

  private func draw(_ grays: [String: [Int]], to set: String = "set") throws {
    for (label, grays) in grays {
      try folder.makeFolder("\(set)/\(label)")
      for (index, gray) in grays.enumerated() {
        let image = Data(png(width: 4, height: 4, pixels: [UInt8](repeating: UInt8(gray), count: 16)))
        try image.write(to: URL(fileURLWithPath: folder("\(set)/\(label)/\(index)-\(gray).png")))
      }
    }
  }

  private func said(_ arguments: String..., images: String? = "set") -> Said {
    kiln(["evaluate", folder("made")] + (images.map { ["--images", folder($0)] } ?? []) + arguments)
  }

  private func evaluated(_ arguments: String..., images: String = "set") throws -> [String: Any] {
    let said = kiln(["evaluate", folder("made"), "--images", folder(images), "--json"] + arguments)
    try #require(said.status == 0, "\(said)")
    return try #require(said.object)
  }

  private func worst(_ object: [String: Any]) throws -> [String] {
    try #require(object["worstMistakes"] as? [[String: Any]]).compactMap { $0["path"] as? String }
  }

  @Test func aCheckpointNeedsImages() throws {
    try makeNetwork()
    let refused = said(images: nil)
    #expect(refused.status == 65 && refused.errors.contains("name some with --images"), "\(refused)")
    #expect(kiln("evaluate", folder("nothing"), "--images", folder("made")).status == 66)
    try draw(["bad": [20], "ok": [240]])
    let odd = said("--checkpoint", "best")
    #expect(odd.status == 65 && odd.errors.contains("leave it out"), "\(odd)")
    try draw(["good": [200], "poor": [30]], to: "strange")
    let strange = said(images: "strange")
    #expect(strange.status == 65 && strange.errors.contains("'bad', 'ok'"), "\(strange)")
  }

  @Test func theWorstMistakesComeFirst() throws {
    try makeNetwork()
    try draw(["bad": [10, 140, 250, 200], "ok": [240, 100, 30, 180]])
    let object = try evaluated()
    #expect(object["confusion"] as? [[Int]] == [[1, 3], [2, 2]] && object["mistakes"] as? Int == 5)
    // By how far the gray is on the wrong side of 127.5.
    #expect(
      try worst(object)
        == ["bad/2-250.png", "ok/2-30.png", "bad/3-200.png", "ok/1-100.png", "bad/1-140.png"])
    #expect(try worst(evaluated("--mistakes", "1")) == ["bad/2-250.png"])
    #expect(object["trainedOn"] is NSNull && object["step"] as? Int == 0)
    #expect(said().errors.contains("may have learnt from some of these images"))
  }

  @Test func allRight() throws {
    try makeNetwork()
    try draw(["bad": [10, 20, 30], "ok": [220, 240]])
    let object = try evaluated()
    #expect(object["accuracy"] as? Double == 1 && object["rocAuc"] as? Double == 1 && object["mistakes"] as? Int == 0)
    let intervals = try #require(object["intervals"] as? [String: Any])
    #expect(intervals["rocAuc"] is NSNull && intervals["f1"] is NSNull)
    let accuracy = try #require(intervals["accuracy"] as? [String: Double])
    #expect(accuracy["upper"] == 1 && (0.5...0.7).contains(accuracy["lower"] ?? 0))
    #expect(said().output.contains("no mistakes"))
    let calibrated = said("--part", "validation", "--calibrate")
    #expect(calibrated.status == 65 && calibrated.errors.contains("no confidence is too much"), "\(calibrated)")
  }

  @Test func allWrong() throws {
    try makeNetwork()
    try draw(["ok": [10, 20, 30], "bad": [220, 240]])
    let object = try evaluated()
    #expect(object["accuracy"] as? Double == 0 && object["rocAuc"] as? Double == 0 && object["mistakes"] as? Int == 5)
    let accuracy = (object["intervals"] as? [String: Any])?["accuracy"] as? [String: Double]
    #expect(accuracy?["lower"] == 0 && accuracy?["upper"] ?? 0 > 0.3)
    let calibrated = said("--part", "validation", "--calibrate")
    #expect(calibrated.status == 65 && calibrated.errors.contains("no better than chance"), "\(calibrated)")
    let precise = said("--precision", "0.9")
    #expect(precise.status == 65 && precise.errors.contains("the best precision is 0.6000"), "\(precise)")
  }

  @Test func oneClassOrOneImage() throws {
    try makeNetwork()
    try draw(["ok": [200, 90]], to: "ok")
    let alone = try evaluated(images: "ok")
    #expect(alone["recall"] as? Double == 0.5 && alone["rocAuc"] is NSNull)
    let row = try #require((alone["thresholds"] as? [[String: Any]])?.first)
    #expect(row["specificity"] is NSNull && row["recall"] as? Double == 1)
    let refused = said("--recall", "0.9", images: "ok")
    #expect(refused.status == 65 && refused.errors.contains("none of these images is of class 0"), "\(refused)")
    try draw(["bad": [60]], to: "one")
    let one = try evaluated(images: "one")
    #expect(one["images"] as? Int == 1 && one["accuracy"] as? Double == 1 && one["recall"] is NSNull)
    #expect(said(images: "one").status == 0)
  }

  /// All have one half: as the more probable class none is `ok`, and from a threshold of one half on all are.
  @Test func ties() throws {
    try makeNetwork(0)
    try draw(["bad": [10, 200, 30], "ok": [220, 40]])
    let object = try evaluated()
    #expect(object["confusion"] as? [[Int]] == [[3, 0], [2, 0]] && object["rocAuc"] as? Double == 0.5)
    #expect(try worst(object) == ["ok/0-220.png", "ok/1-40.png"], "equal ones by name")
    let chosen = try evaluated("--recall", "0.1")
    #expect((chosen["decision"] as? [String: Any])?["threshold"] as? Double == 0.5)
    #expect(chosen["confusion"] as? [[Int]] == [[0, 3], [0, 2]])
    #expect((chosen["thresholds"] as? [Any])?.count == 19, "0.5 is in the table already")
  }

  @Test func whatIsNoNumberIsNamed() throws {
    try makeNetwork(.nan)
    try draw(["bad": [10, 20], "ok": [220]])
    let object = try evaluated()
    #expect(object["loss"] is NSNull && object["rocAuc"] is NSNull && object["thresholds"] is NSNull)
    #expect(try worst(object) == ["ok/0-220.png"])
    let text = said().output
    #expect(text.contains("no table of thresholds: an output of the network is no number"), "\(text)")
    for option in ["--f1", "--calibrate"] {
      let refused = said("--part", "validation", option)
      #expect(refused.status == 65 && refused.errors.contains("number"), "\(refused)")
    }
  }

  @Test func threeClassesHaveNoThresholdsAndATemperature() throws {
    try makeNetwork(4, loss: SoftmaxCrossEntropy(), classes: ["a", "b", "c"])
    try draw(["a": [10, 100, 150, 220], "b": [120, 130], "c": [200, 240, 90]])
    let object = try evaluated()
    #expect(object["thresholds"] is NSNull)
    #expect(said().output.contains("no table of thresholds: a threshold tells two classes apart, and there are 3"))
    let refused = said("--recall", "0.9")
    #expect(refused.status == 65 && refused.errors.contains("this network knows 3"), "\(refused)")
    let saved = try evaluated("--calibrate", "--save-threshold", "--part", "validation")
    let calibration = try #require(saved["calibration"] as? [String: Any])
    let losses = try ["before", "after"].map {
      try #require((calibration[$0] as? [String: Any])?["loss"] as? Double)
    }
    #expect(losses[1] < losses[0])
    let again = try evaluated()
    #expect(again["loss"] as? Double == losses[1] && again["confusion"] as? [[Int]] == object["confusion"] as? [[Int]])
  }

  @Test func outputsThatAreProbabilitiesHaveNoTemperature() throws {
    try makeNetwork(1, middle: 0, loss: MeanSquaredError())
    try draw(["bad": [10, 200], "ok": [220, 40]])
    let refused = said("--calibrate", "--part", "validation")
    #expect(refused.status == 65 && refused.errors.contains("meanSquaredError"), "\(refused)")
    #expect(try evaluated("--threshold", "0.1")["confusion"] as? [[Int]] == [[1, 1], [0, 2]])
  }

  /// The images of a table, with weights that count in the loss alone, and the parts that it gives.
  @Test func aTableWithWeightsAndParts() throws {
    try makeNetwork()
    try draw(["bad": [10, 200], "ok": [220, 40]])
    func table(_ name: String, _ weight: Int, _ parts: [String]) throws {
      let files = ["bad/0-10.png", "bad/1-200.png", "ok/0-220.png", "ok/1-40.png"]
      let rows = zip(files, parts).map { "\($0),\($0.prefix { $0 != "/" }),\(weight)\($1)\n" }
      try folder.write("path,class,weight\(parts[0].isEmpty ? "" : ",split")\n" + rows.joined(), to: "set/\(name)")
    }
    try table("one.csv", 1, ["", "", "", ""])
    try table("three.csv", 3, [",validation", ",train", ",validation", ",train"])
    let (one, three) = (try evaluated(images: "set/one.csv"), try evaluated(images: "set/three.csv"))
    #expect(one["accuracy"] as? Double == 0.5 && three["accuracy"] as? Double == 0.5)
    let losses = try [one, three].map { try #require($0["loss"] as? Double) }
    #expect(abs(losses[1] - 3 * losses[0]) < 1e-12)
    #expect(try evaluated("--part", "validation", images: "set/three.csv")["images"] as? Int == 2)
    #expect(try evaluated("--part", "validation", images: "set/one.csv")["images"] as? Int == 4)
    let empty = said("--part", "test", images: "set/three.csv")
    #expect(empty.status == 65 && empty.errors.contains("no images for the test among these"), "\(empty)")
  }

  @Test func aThresholdIsKeptBesideACheckpoint() throws {
    try makeNetwork()
    try draw(["bad": [10, 140], "ok": [220, 240]])
    let saved = said("--part", "validation", "--f1", "--save-threshold")
    #expect(saved.status == 0 && saved.output.contains("saved in \(folder("made"))/decision.json"), "\(saved)")
    #expect(try evaluated()["confusion"] as? [[Int]] == [[2, 0], [0, 2]])
    #expect(try evaluated("--no-decision")["confusion"] as? [[Int]] == [[1, 1], [0, 2]])
    #expect(folder.names("made") == ["decision.json", "model.safetensors", "training.safetensors"])
  }
}
