import DurableFiles
import Foundation
import TemporaryFolder
import Testing

/// `kiln evaluate` on images whose classes are not those of the run, or are called or sorted otherwise.
@Suite struct EvaluateTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A class is told by the corner that is bright, so that a network learns it without fail and every confusion is known
  /// beforehand. No two images are the same.
  private func draw(_ classes: [(name: String, corner: Int)], to set: String, from first: Int, count: Int = 6) throws {
    for (name, corner) in classes {
      try folder.makeFolder("\(set)/\(name)")
      for index in first..<first + count {
        var pixels = [UInt8](repeating: 20, count: 64)
        for place in 0..<16 { pixels[(place / 4 + corner / 2 * 4) * 8 + place % 4 + corner % 2 * 4] = 230 }
        pixels[27] = UInt8(index)
        let image = Data(png(width: 8, height: 8, pixels: pixels))
        try image.write(to: URL(fileURLWithPath: folder("\(set)/\(name)/\(index).png")))
      }
    }
  }

  private static func job(images: String, outputs: Int, data: String = "", training: String = "") -> String {
    """
    name: corners
    network:
      - avgPool2d: {kernel: 64}
      - flatten
      - linear: {outputs: \(outputs)}
    data: {images: "\(images)", cache: false\(data)}
    training: {epochs: 20, batchSize: 4, loss: \(outputs == 1 ? "binaryCrossEntropy" : "softmaxCrossEntropy"), \
    optimizer: {adam: {learningRate: 0.05}}\(training)}
    """
  }

  /// Trains to perfection.
  private func train(_ job: String, to run: String = "run") throws {
    try folder.write(job, to: "job.yaml")
    let trained = kiln("train", folder("job.yaml"), "--output", folder(run))
    try #require(trained.status == 0, "\(trained)")
    let own = try evaluated("--part", "training", run: run)
    #expect(own.accuracy == 1)
  }

  private struct Figures: Decodable {
    struct LeftOut: Decodable {
      struct Class: Decodable, Equatable {
        let name: String
        let images: Int
      }
      let trained: Int
      let classes: [Class]
    }
    let accuracy, balancedAccuracy: Double
    let recall, rocAuc: Double?
    let part: String
    let images: Int
    let confusion: [[Int]]
    let classes: [String]
    let trainedOn: Int?
    let leftOut: LeftOut
  }

  private func said(_ arguments: [String], run: String = "run") -> Said { kiln(["evaluate", folder(run)] + arguments) }

  private func evaluated(_ arguments: String..., run: String = "run") throws -> Figures {
    let said = said(arguments + ["--json"], run: run)
    try #require(said.status == 0, "\(said)")
    return try JSONDecoder().decode(Figures.self, from: Data(said.output.utf8))
  }

  private static func diagonal(_ counts: [Int]) -> [[Int]] {
    counts.indices.map { row in counts.indices.map { $0 == row ? counts[row] : 0 } }
  }

  private func expectRefused(_ arguments: [String], naming lists: [String], _ comment: Comment? = nil) {
    let said = said(arguments)
    #expect(said.status == 65 && said.output.isEmpty, "\(said) \(comment ?? "")")
    for list in lists { #expect(said.errors.contains(list), "\(said.errors)") }
  }

  /// Case 34 of the public reports, its first half: two classes against others.
  @Test func otherClassesAreRefusedWithBothLists() throws {
    try draw([("bad", 0), ("ok", 3)], to: "old", from: 0)
    try draw([("gut", 0), ("schlecht", 3)], to: "german", from: 50, count: 4)
    try draw([("bad", 0), ("blank", 1), ("ok", 3)], to: "three", from: 50, count: 3)
    try draw([("ok", 3)], to: "onlyok", from: 50, count: 5)
    try train(Self.job(images: folder("old"), outputs: 1))
    for part in [[], ["--part", "training"], ["--part", "validation"]] {
      expectRefused(
        ["--images", folder("german")] + part, naming: ["'bad', 'ok'", "'gut', 'schlecht'"])
      expectRefused(
        ["--images", folder("german"), "--classes", "common"] + part, naming: ["'bad', 'ok'", "'gut', 'schlecht'"])
      expectRefused(
        ["--images", folder("three")] + part,
        naming: ["does not know 'blank'", "'bad', 'ok'", "'bad', 'blank', 'ok'", "--classes common"])
    }
    let common = try evaluated("--images", folder("three"), "--classes", "common")
    #expect(common.confusion == Self.diagonal([3, 3]) && common.classes == ["bad", "ok"] && common.images == 6)
    #expect(common.leftOut.classes == [.init(name: "blank", images: 3)] && common.part == "all")
    let text = said(["--images", folder("three"), "--classes", "common"]).output
    #expect(text.contains("left out: classes that the network does not know: 'blank' (3 images)"), "\(text)")

    let alone = try evaluated("--images", folder("onlyok"))
    #expect(alone.confusion == Self.diagonal([0, 5]) && alone.accuracy == 1 && alone.recall == 1)
    #expect(alone.rocAuc == nil && alone.trainedOn == 0)
    // Of one class alone nothing is held out for a validation.
    #expect(try evaluated("--images", folder("onlyok"), "--part", "training").confusion[0] == [0, 0])
  }

  /// Its second half: an index is another class as soon as one before it is missing, or new.
  @Test func classesAreMatchedByNameWhereverTheyStand() throws {
    let corners = [("r0", 0), ("r180", 1), ("r270", 2), ("r90", 3)]
    try draw(corners, to: "rot", from: 0)
    try train(Self.job(images: folder("rot"), outputs: 4))
    try draw(corners.filter { $0.0 != "r180" }, to: "rotval", from: 100, count: 3)
    let fewer = try evaluated("--images", folder("rotval"))
    #expect(fewer.confusion == Self.diagonal([3, 0, 3, 3]) && fewer.balancedAccuracy == 1)
    // Two folders whose images are exchanged: every image of them is wrong, and of the third none.
    try draw([("r0", 0), ("r270", 3), ("r90", 2)], to: "exchanged", from: 120, count: 2)
    let exchanged = try evaluated("--images", folder("exchanged"))
    #expect(exchanged.confusion == [[2, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 2], [0, 0, 2, 0]])

    // A class more in the run's own folder, before all others.
    let validation = try evaluated("--part", "validation")
    try draw([("a", 0)], to: "rot", from: 200, count: 2)
    expectRefused(["--part", "training"], naming: ["does not know 'a'", "'r0', 'r180', 'r270', 'r90'"])
    // Without it they are the run's own images again, in the parts that they had.
    let common = try evaluated("--part", "training", "--classes", "common")
    #expect(common.accuracy == 1 && common.leftOut.classes == [.init(name: "a", images: 2)])
    #expect(common.confusion.joined().reduce(0, +) == common.images && common.trainedOn == common.images)
    #expect(try evaluated("--part", "validation", "--classes", "common").confusion == validation.confusion)
  }

  /// The order of classes is that of their bytes, and a network's need not be: `Zebra` stands before `ant`.
  @Test func namesThatLookAlikeAreToldApart() throws {
    try draw([("gru\u{308}n", 0), ("rot", 3)], to: "old", from: 0)
    try train(Self.job(images: folder("old"), outputs: 1))
    try draw([("gr\u{FC}n", 0), ("rot", 3)], to: "new", from: 50)
    expectRefused(["--images", folder("new")], naming: ["'gr\\u{fc}n'", "'gru\\u{308}n'", "Unicode normalization"])
    let common = try evaluated("--images", folder("new"), "--classes", "common")
    #expect(common.confusion == Self.diagonal([0, 6]))
  }

  @Test func whatTheRunWasTrainedOnIsLeftOut() throws {
    try draw([("bad", 0), ("ok", 3)], to: "old", from: 0)
    try train(Self.job(images: folder("old"), outputs: 1, data: ", validation: 0.5"))
    // By path, wherever the folder is named from.
    let all = try evaluated("--part", "all")
    #expect(all.images == 6 && all.trainedOn == 6 && all.leftOut.trained == 6)
    #expect(all.confusion == (try evaluated("--part", "validation").confusion))
    #expect(try evaluated("--images", folder("old/../old")).leftOut.trained == 6)
    let whole = try evaluated("--images", folder("old"), "--include-trained")
    #expect(whole.images == 12 && whole.trainedOn == 6 && whole.leftOut.trained == 0)
    // By content, under other names, among new ones.
    try draw([("bad", 0), ("ok", 3)], to: "copy", from: 70, count: 1)
    for (index, name) in folder.names("old/ok").enumerated() {
      try FileManager.default.copyItem(atPath: folder("old/ok/\(name)"), toPath: folder("copy/ok/photo\(index).png"))
    }
    let copy = try evaluated("--images", folder("copy"))
    #expect(copy.images == 5 && copy.leftOut.trained == 3 && copy.confusion == Self.diagonal([1, 4]))
    let text = said(["--images", folder("copy")])
    #expect(text.output.contains("left out: 3 images that the run was trained on (--include-trained)"), "\(text)")
    // Once nobody knows, that is said.
    try FileManager.default.removeItem(atPath: folder("old/bad/0.png"))
    let unknown = said(["--images", folder("copy")])
    #expect(unknown.errors.contains("may have learnt from some of these images"), "\(unknown)")
    #expect(try evaluated("--images", folder("copy")).trainedOn == nil)
  }

  /// A network that learnt the numbers of a table, and one that learnt names.
  @Test func numbersAndNamesAreNotTakenForEachOther() throws {
    try draw([("bad", 0), ("ok", 3)], to: "old", from: 0)
    try draw([("bad", 0), ("ok", 3)], to: "new", from: 50)
    func table(_ set: String, _ labels: [String: String]) throws {
      let rows = labels.sorted { $0.key < $1.key }.flatMap { folder, label in
        self.folder.names("\(set)/\(folder)").map { "\(folder)/\($0),\(label)\n" }
      }
      try folder.write("path,label\n" + rows.joined(), to: "\(set)/labels.csv")
    }
    try table("old", ["bad": "1", "ok": "0"])
    try train(Self.job(images: folder("old"), outputs: 1, data: ", labels: labels.csv"), to: "numbers")
    expectRefused(["--images", folder("new")], in: "numbers", naming: ["'bad', 'ok'", "'0', '1'", "learnt numbers"])
    try table("new", ["bad": "1", "ok": "0"])
    #expect(try evaluated("--images", folder("new"), run: "numbers").confusion == Self.diagonal([6, 6]))
    // Probabilities are of the same two classes.
    try table("new", ["bad": "0.9", "ok": "0.2"])
    #expect(try evaluated("--images", folder("new"), run: "numbers").confusion == Self.diagonal([6, 6]))
    try table("new", ["bad": "1", "ok": "2"])
    expectRefused(["--images", folder("new")], in: "numbers", naming: ["does not know '2'"])

    try table("old", ["bad": "bad", "ok": "ok"])
    try train(Self.job(images: folder("old"), outputs: 1, data: ", labels: labels.csv"), to: "names")
    for labels in [["bad": "0", "ok": "1"], ["bad": "0.1", "ok": "0.8"]] {
      try table("new", labels)
      expectRefused(["--images", folder("new")], in: "names", naming: ["'0', '1'", "0 for 'bad', 1 for 'ok'"])
    }
    try table("new", ["bad": "ok", "ok": "bad"])
    #expect(try evaluated("--images", folder("new"), run: "names").confusion == [[0, 6], [6, 0]])
    // A folder a class takes no table.
    try FileManager.default.removeItem(atPath: folder("new/labels.csv"))
    #expect(try evaluated("--images", folder("new"), run: "names").confusion == Self.diagonal([6, 6]))
  }

  private func expectRefused(_ arguments: [String], in run: String, naming lists: [String]) {
    let said = said(arguments, run: run)
    #expect(said.status == 65 && said.output.isEmpty, "\(said)")
    for list in lists { #expect(said.errors.contains(list), "\(said.errors)") }
  }

  @Test func aTableHasALineForEveryImage() throws {
    try draw([("bad", 0), ("ok", 3)], to: "old", from: 0)
    try train(Self.job(images: folder("old"), outputs: 1, data: ", maximumSkipped: 0.5"))
    try draw([("bad", 0), ("blank", 2), ("ok", 3)], to: "new", from: 50, count: 2)
    try folder.write("no image", to: "new/ok/torn.png")
    try FileManager.default.copyItem(atPath: folder("old/bad/3.png"), toPath: folder("new/bad/z\t3.png"))
    let arguments = ["--images", folder("new"), "--classes", "common", "--predictions", folder("said.tsv")]
    #expect(said(arguments).status == 0)
    let rows = try #require(folder.text("said.tsv")).split(separator: "\n").map {
      $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
    #expect(rows[0] == ["path", "label", "predicted", "probability", "p(bad)", "p(ok)", "reason"])
    #expect(rows.allSatisfy { $0.count == 7 } && rows.count == 9)
    let figures = try evaluated("--images", folder("new"), "--classes", "common")
    for (label, name) in figures.classes.enumerated() {
      let answered = rows.dropFirst().filter { $0[1] == name && !$0[2].isEmpty }
      #expect(answered.count == figures.confusion[label].reduce(0, +))
      for row in answered {
        let shares = try row[4...5].map { try #require(Double($0)) }
        #expect(row[2] == (shares[1] > shares[0] ? "ok" : "bad") && Double(row[3]) == shares.max())
      }
    }
    #expect(rows.contains { $0[0] == "ok/torn.png" && $0[2].isEmpty && !$0[6].isEmpty })
    #expect(rows.filter { $0[1] == "blank" }.map { $0[6] }.allSatisfy { $0.contains("does not know its class") })

    // A table of its own is written anew, and nothing else.
    #expect(said(arguments).status == 0)
    for name in ["old", "job.yaml"] {
      let refused = said(["--images", folder("new"), "--classes", "common", "--predictions", folder(name)])
      #expect(refused.status == 65 && refused.errors.contains("is not overwritten"), "\(refused)")
    }
    #expect(folder.text("job.yaml")?.hasPrefix("name: corners") == true)
    #expect(said(["--predictions", folder("nowhere/said.tsv")]).status == 66)
  }
}
