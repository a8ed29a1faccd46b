import Foundation
import TemporaryFolder
import Testing

/// `kiln evaluate` on a run of `kiln train`.
@Suite(.serialized)
struct EvaluateTests {
  private struct Figures: Decodable {
    let loss, accuracy, f1, rocAuc: Double
    let part: String
    let step: Int
    let confusion: [[Int]]
  }

  private func kiln(_ arguments: String...) throws -> (status: Int32, output: String) {
    try RealTrainerTests.run(TestDaemon.program("kiln"), arguments)
  }

  private func figures(_ arguments: String...) throws -> Figures {
    let result = try RealTrainerTests.run(TestDaemon.program("kiln"), ["evaluate", "--json"] + arguments)
    return try JSONDecoder().decode(Figures.self, from: Data(result.output.utf8))
  }

  /// The run's seed is not the job file's; the images are found from where the job file was.
  @Test func saysWhatTheRunSaid() throws {
    let folder = try TemporaryFolder()
    try RealTrainerTests.makeImages(in: folder)
    let job = RealTrainerTests.job(epochs: 3).replacing("validation: 0.25", with: "validation: 0.25, test: 0.25")
    try folder.write(job, to: "data/tiny.yaml")
    let trained = try kiln("train", folder("data/tiny.yaml"), "--output", folder("run"), "--seed", "5")
    #expect(trained.status == 0 && trained.output.contains("12 to test"), "\(trained.output)")

    let row = try #require(folder.text("run/metrics.jsonl")?.split(separator: "\n").last)
    #expect(row.contains(#""kind":"test""#))
    let test = try figures(folder("run"))
    #expect(row.contains(#""loss":\#(test.loss),"accuracy":\#(test.accuracy),"#) && test.part == "test")
    #expect(row.contains(#""rocAuc":\#(test.rocAuc),"#) && test.confusion.joined().reduce(0, +) == 12)

    let epochs = try #require(folder.text("run/metrics.jsonl")).split(separator: "\n").filter {
      $0.contains(#""epoch","#)
    }
    let validation = try figures(folder("run"), "--part", "validation", "--threads", "1")
    #expect(epochs.last?.contains(#""validationLoss":\#(validation.loss),"#) == true)
    let best = try figures(folder("run"), "--part", "validation", "--checkpoint", "best")
    #expect(
      epochs.contains { $0.contains(#""step":\#(best.step),"#) && $0.contains(#""validationLoss":\#(best.loss),"#) })

    // The symmetries show the images otherwise, and a network that is not symmetric says something else.
    #expect(try figures(folder("run"), "--symmetries").loss != test.loss)
    let moved = try figures(folder("run"), "--images", folder("data/tiny"), "--part", "training")
    // Of the 24 images of each class 6 are tested and a quarter of the 18 left, rounded, validated.
    #expect(moved.confusion.joined().reduce(0, +) == 2 * 13)
  }

  @Test func whatCannotBeEvaluatedIsTold() throws {
    let folder = try TemporaryFolder()
    try RealTrainerTests.makeImages(in: folder)
    try folder.write(RealTrainerTests.job(epochs: 1), to: "data/tiny.yaml")
    #expect(try kiln("train", folder("data/tiny.yaml"), "--output", folder("run")).status == 0)
    let none = try kiln("evaluate", folder("run"), "--part", "test")
    #expect(none.status == 65 && none.output.contains("`test: 0.25`"))
    #expect(try kiln("evaluate", folder("nowhere")).status == 66)
    #expect(try kiln("train", folder("data/tiny.yaml"), "--seed", "-1").status == 64)
  }
}
