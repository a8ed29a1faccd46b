import Checkpoints
import DurableFiles
import Foundation
import RunFiles
import TemporaryFolder
import Testing

/// `kiln evaluate` chooses a threshold and a temperature on the validation of a run, keeps them, and goes by them.
///
/// An image is of one gray, and class `ok` is the brighter one: whatever the network learns, its probability rises with the
/// gray, so that what any threshold does is known from the grays.
@Suite struct EvaluateDecisionTests {
  private let folder: TemporaryFolder
  private static let training = (bad: [20, 30, 40, 50, 60, 70], ok: [185, 195, 205, 215, 225, 235])
  private static let validation = (bad: [10, 65, 100, 140, 170], ok: [90, 120, 150, 180, 220])
  private static let test = (bad: [35, 125], ok: [110, 130, 200])

  init() throws {
    folder = try TemporaryFolder()
    var table = "path,label,split\n"
    try folder.makeFolder("images")
    for (part, grays) in [("train", Self.training), ("validation", Self.validation), ("test", Self.test)] {
      for (label, grays) in [("bad", grays.bad), ("ok", grays.ok)] {
        for gray in grays {
          let image = Data(png(width: 4, height: 4, pixels: [UInt8](repeating: UInt8(gray), count: 16)))
          try image.write(to: URL(fileURLWithPath: folder("images/\(part)-\(gray).png")))
          table += "\(part)-\(gray).png,\(label),\(part)\n"
        }
      }
    }
    try folder.write(table, to: "images/labels.csv")
    try folder.write(
      """
      name: grays
      network:
        - avgPool2d: {kernel: 128}
        - flatten
        - linear: {outputs: 1}
      data: {images: images, labels: labels.csv, cache: false}
      training: {epochs: 15, batchSize: 4, optimizer: {adam: {learningRate: 0.1}}}
      resources: {threads: 1}
      """, to: "job.yaml")
    let trained = kiln("train", folder("job.yaml"), "--output", folder("run"))
    try #require(trained.status == 0, "\(trained)")
  }

  private func said(_ arguments: [String]) -> Said { kiln(["evaluate", folder("run")] + arguments) }

  private func evaluated(_ arguments: String...) throws -> [String: Any] {
    let said = said(arguments + ["--json"])
    try #require(said.status == 0, "\(said)")
    return try #require(said.object)
  }

  private func decision() throws -> Decision? { try CheckpointFiles(named: folder("run/latest")).decision() }

  /// What a threshold at a gray does.
  private static func confusion(_ grays: (bad: [Int], ok: [Int]), from gray: Int) -> [[Int]] {
    [grays.bad, grays.ok].map { [$0.count { $0 < gray }, $0.count { $0 >= gray }] }
  }

  @Test func theTableCountsWhatThePredictionsSay() throws {
    let object = try evaluated("--part", "validation", "--predictions", folder("said.tsv"))
    let rows = try #require(folder.text("said.tsv")).split(separator: "\n").dropFirst().map {
      $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
    let table = try #require(object["thresholds"] as? [[String: Any]])
    #expect(table.count == 19)
    for (index, row) in table.enumerated() {
      let threshold = try #require(row["threshold"] as? Double)
      #expect(threshold == Double(index + 1) / 20)
      let taken = rows.filter { Double($0[5]) ?? .nan >= threshold }
      #expect(row["truePositives"] as? Int == taken.count { $0[1] == "ok" })
      #expect(row["falsePositives"] as? Int == taken.count { $0[1] == "bad" })
      #expect(row["falseNegatives"] as? Int == 5 - taken.count { $0[1] == "ok" })
    }
  }

  @Test func whatIsChosenOnTheValidationJudgesTheTest() throws {
    let before = try evaluated()
    #expect(before["part"] as? String == "test" && (before["decision"] as? [String: Any])?["source"] is NSNull)
    let files = try readFile(folder("run/latest/model.safetensors"), limit: 1 << 20)
    let chosen = try evaluated("--recall", "0.8", "--save-threshold")
    // From 120 on 4 of 6 are ok; from 90 on it is 5 of 8.
    #expect(chosen["part"] as? String == "validation")
    #expect(chosen["confusion"] as? [[Int]] == Self.confusion(Self.validation, from: 120))
    #expect(chosen["saved"] as? String == folder("run/checkpoints") + "/00000045/decision.json")
    let saved = try #require(try decision())
    #expect(saved.part == "validation" && saved.images == 10 && saved.aim == "recall 0.8" && saved.temperature == nil)
    #expect(saved.threshold == (chosen["decision"] as? [String: Any])?["threshold"] as? Double)
    #expect(try readFile(folder("run/latest/model.safetensors"), limit: 1 << 20) == files)

    let judged = try evaluated()
    #expect(judged["part"] as? String == "test")
    #expect(judged["confusion"] as? [[Int]] == Self.confusion(Self.test, from: 120))
    #expect((judged["decision"] as? [String: Any])?["source"] as? String == "decision.json")
    #expect(said([]).output.contains("decision.json: threshold \(try #require(saved.threshold)) (recall 0.8)"))
    for figure in ["loss", "rocAuc", "calibrationError"] {
      #expect(judged[figure] as? Double == before[figure] as? Double, "\(figure) does not depend on a threshold")
    }
    let without = try evaluated("--no-decision")
    #expect(without["confusion"] as? [[Int]] == before["confusion"] as? [[Int]])
    // A given threshold has the last word, and the highest takes nothing.
    #expect(try evaluated("--threshold", "1")["confusion"] as? [[Int]] == [[2, 0], [3, 0]])
  }

  @Test func otherAims() throws {
    let f1 = try evaluated("--part", "validation", "--f1")
    // 2 TP / (2 TP + FP + FN): 5 of 8 from 90 on have 10/13, no other threshold as much.
    #expect(f1["confusion"] as? [[Int]] == Self.confusion(Self.validation, from: 90))
    let precision = try evaluated("--part", "validation", "--precision", "0.75")
    #expect(precision["confusion"] as? [[Int]] == Self.confusion(Self.validation, from: 150))
    let better = try evaluated("--part", "validation", "--precision", "0.76")
    #expect(better["confusion"] as? [[Int]] == Self.confusion(Self.validation, from: 180))
    #expect((try decision()) == nil, "nothing is kept unless somebody asks")
    // Of the test it may be looked at, and that is said to flatter.
    let looked = said(["--recall", "1", "--part", "test"])
    #expect(looked.status == 0 && looked.output.contains("chosen on these images for recall 1.0, which flatters it"))
  }

  @Test func nothingIsChosenOnOtherImages() throws {
    for (arguments, reason) in [
      (["--recall", "0.9", "--part", "test"], "never on others"), (["--f1", "--part", "all"], "never on others"),
      (["--f1", "--part", "training"], "never on others"),
      (["--f1", "--images", folder("images")], "--part validation"),
      (["--f1", "--symmetries"], "without --symmetries"), ([], "--save-threshold keeps what"),
      (["--f1", "--recall", "0.9"], "one of --threshold"), (["--recall", "1.1"], "a share above 0"),
    ] {
      let refused = said(arguments + ["--save-threshold"])
      #expect(refused.status == 64 && refused.errors.contains(reason), "\(arguments): \(refused)")
    }
    let calibrated = said(["--calibrate", "--part", "test"])
    #expect(calibrated.status == 64 && calibrated.errors.contains("--calibrate chooses on the validation"))
    #expect(try decision() == nil)
  }

  @Test func aRunInUseIsLeftAlone() throws {
    let lock = try FileLock(folder("run/run.lock"))
    for path in ["run", "run/latest"] {
      let images = path == "run" ? [] : ["--images", folder("images/labels.csv"), "--part", "validation"]
      let refused = kiln(["evaluate", folder(path), "--f1", "--save-threshold"] + images)
      #expect(refused.status == 75 && refused.errors.contains("in use"), "\(refused)")
    }
    #expect(said(["--f1"]).status == 0, "looking needs no lock")
    withExtendedLifetime(lock) {}
    #expect(try decision() == nil)
  }

  @Test func aTemperatureIsFittedAndKept() throws {
    let fitted = try evaluated("--calibrate", "--f1", "--save-threshold")
    let calibration = try #require(fitted["calibration"] as? [String: Any])
    let temperature = try #require(calibration["temperature"] as? Double)
    let (before, after) = (
      try #require(calibration["before"] as? [String: Any]), try #require(calibration["after"] as? [String: Any])
    )
    let losses = try [before, after].map { try #require($0["loss"] as? Double) }
    #expect(losses[1] < losses[0] && fitted["loss"] as? Double == losses[1])
    let saved = try #require(try decision())
    #expect(saved.temperature == temperature)
    // The threshold is of the new probabilities, and does what it would have done.
    #expect(fitted["confusion"] as? [[Int]] == Self.confusion(Self.validation, from: 90))
    let again = try evaluated("--part", "validation")
    for name in ["loss", "calibrationError", "rocAuc"] { #expect(again[name] as? Double == fitted[name] as? Double) }
    #expect(again["confusion"] as? [[Int]] == fitted["confusion"] as? [[Int]])
    #expect(try evaluated("--part", "validation", "--no-decision")["loss"] as? Double == losses[0])
    let text = said(["--calibrate"]).output
    #expect(text.contains("temperature ") && text.contains("fitted on these images"), "\(text)")
    // A choice that leaves it out says so.
    let replaced = said(["--f1", "--save-threshold"])
    #expect(replaced.errors.contains("temperature \(temperature) (--calibrate keeps one)"), "\(replaced)")
    #expect(try decision()?.temperature == nil)
    #expect(said(["--recall", "0.8", "--save-threshold"]).errors.isEmpty)
  }

  /// A decision of other weights is no decision, and a new one takes its place.
  @Test func aDecisionOfAnotherModelIsRefusedAndReplaced() throws {
    _ = try evaluated("--f1", "--save-threshold")
    var other = try #require(try decision())
    other.model = "fnv1a64:0000000000000000"
    try publish(try #require(other.bytes), to: folder("run/latest/decision.json"))
    let refused = said([])
    #expect(
      refused.status == 65 && refused.errors.contains("decision.json: its threshold was chosen for another model"))
    #expect(said(["--no-decision"]).status == 0)
    _ = try evaluated("--f1", "--save-threshold")
    let chosen = try #require(try decision())
    #expect(chosen.model != other.model && said([]).status == 0)
  }

  @Test func everyAnswerHasItsPlaceInTheReport() throws {
    let text = said(["--part", "validation", "--mistakes", "2"]).output
    for line in ["what it says", "95% interval", "threshold  precision  recall", "the worst 2 of "] {
      #expect(text.contains(line), "\(text)")
    }
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(text)")
    #expect(!said(["--mistakes", "0"]).output.contains("mistakes"))
  }
}
