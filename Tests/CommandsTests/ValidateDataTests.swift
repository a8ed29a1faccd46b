import DurableFiles
import Foundation
import RunFiles
import TemporaryFolder
import Testing

/// What `kiln validate` says of a job's data before anything is trained.
@Suite struct ValidateDataTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try draw(["bad": 10, "ok": 5], in: "images")
  }

  private func draw(_ classes: [String: Int], in set: String) throws {
    for (name, count) in classes {
      try folder.makeFolder("\(set)/\(name)")
      for index in 0..<count { try write(blackPNG(width: 8 + index, height: 8), to: "\(set)/\(name)/\(index).png") }
    }
  }

  private func write(_ bytes: [UInt8], to name: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: folder(name)))
  }

  private static func job(_ data: String = "", outputs: Int = 1, layer: String = "", training: String = "") -> String {
    """
    network:
      - conv2d: {channels: 2, kernel: 32, stride: 32}
    \(layer)  - flatten
      - linear: {outputs: \(outputs)}
    data:
      images: images
      cache: false
    \(data)
    training:
      epochs: 3
      batchSize: 4
    \(training)
    """
  }

  private func validate(_ job: String, _ arguments: String...) throws -> Said {
    try folder.write(job, to: "job.yaml")
    return kiln(["validate", folder("job.yaml")] + arguments)
  }

  private func verdict(_ job: String, _ arguments: String...) throws -> Verdict {
    try folder.write(job, to: "job.yaml")
    let said = kiln(["validate", "--json", folder("job.yaml")] + arguments)
    return try #require(Verdict.list(in: Array(said.output.utf8)).values.first, "\(said)")
  }

  @Test func theImagesAreCountedByClassAndPart() throws {
    let verdict = try verdict(Self.job("  test: 0.2"))
    let data = try #require(verdict.data)
    #expect(verdict.valid && verdict.unlisted == nil && verdict.notes == [])
    #expect(
      data.classes == ["bad", "ok"] && data.test == [2, 1] && data.validation == [2, 1] && data.training == [6, 3])
    let estimate = try #require(verdict.estimate)
    let seconds = try #require(estimate.seconds)
    #expect(estimate.networkBytes > 10_000 && estimate.diskBytes > 100_000 && seconds > 0)
    let text = try validate(Self.job("  test: 0.2"))
    #expect(text.status == 0 && text.output.contains("total"), "\(text)")
    #expect(text.output.contains("bad") && text.output.contains("MiB for the network"))
  }

  /// What is announced is what the trainer then takes.
  @Test func theMemoryIsThatOfTheTrainer() throws {
    for layer in ["", "  - batchNorm\n"] {
      let job = Self.job(layer: layer, training: "  optimizer: {adam: {learningRate: 0.001}}\nresources: {threads: 2}")
      let announced = try #require(try verdict(job).estimate).networkBytes
      let run = folder("run\(layer.count)")
      let trained = kiln("train", folder("job.yaml"), "--output", run, "--threads", "2")
      #expect(trained.output.contains(", \(announced >> 20) MiB for the network"), "\(trained) \(announced)")
    }
  }

  @Test(arguments: [
    ("  validation: elsewhere", "", "8:15", "elsewhere: no such file or folder"),
    ("  labels: table.csv", "", "8:11", "table.csv:3:1: a row of 1"),
    ("  labels: gone.csv", "", "8:11", "2 of 3 images cannot be used"),
    ("  validation: second", "", "8:15", "second/odd: a class without images"),
    ("", "  classWeights: [1, 2, 3]", "12:17", "classWeights has 3 weights, the data have 2 classes"),
  ])
  func theErrorHasThePlaceOfItsKey(data: String, training: String, place: String, message: String) throws {
    try folder.makeFolder("second/odd")
    try folder.write("path,label\nbad/0.png,bad\nbad/1.png\n", to: "images/table.csv")
    try folder.write("path,label\nbad/0.png,bad\nb\\0.png,bad\nok/x.png,ok\n", to: "images/gone.csv")
    let said = try validate(Self.job(data, training: training))
    #expect(said.status == 65 && said.output.contains("job.yaml:\(place): error: "), "\(said)")
    #expect(said.output.contains(message), "\(said)")
  }

  @Test func aNetworkThatDoesNotFitTheClassesIsAnErrorAtItsLastLayer() throws {
    try draw(["odd": 4], in: "images")
    let said = try validate(Self.job())
    #expect(said.status == 65 && said.output.contains("job.yaml:4:5: error: the data have 3 classes"), "\(said)")
    let outputs = Self.job(outputs: 2, training: "  loss: softmaxCrossEntropy")
    #expect(try verdict(outputs).message?.contains("end it with `linear: {outputs: 3}`") == true)
    #expect(try verdict(Self.job(outputs: 3, training: "  loss: softmaxCrossEntropy")).valid)
  }

  /// Twelve images are trained on, by fives and by elevens.
  @Test func anImageThatBatchNormWouldSeeAloneIsFound() throws {
    let lonely = Self.job(layer: "  - globalAvgPool\n  - batchNorm\n").replacing("batchSize: 4", with: "batchSize: 11")
    #expect(try verdict(lonely).message?.contains("12 training images in batches of 11 leave one") == true)
    #expect(try verdict(lonely).line == 4)
    #expect(try verdict(lonely.replacing("batchSize: 11", with: "batchSize: 5")).valid)
  }

  @Test func aShareThatLeavesNothingIsTold() throws {
    try draw(["rare": 1], in: "images")
    let job = Self.job("  test: 0.1", outputs: 3, training: "  loss: softmaxCrossEntropy")
    let notes = try #require(try verdict(job).notes)
    #expect(
      notes == [
        "the validation images have none of rare", "the test images have none of rare",
      ])
    #expect(try validate(job).output.contains("note: the validation images have none of rare"))
  }

  /// A process that validates has little memory and time: the trainer has more.
  @Test func aTableThatIsTooLargeIsLeftToTheTrainer() throws {
    let rows = String(repeating: "bad/0.png,bad\n", count: 700_000)
    try folder.write("path,label\n" + rows, to: "images/table.csv")
    let verdict = try verdict(Self.job("  labels: table.csv"))
    #expect(verdict.valid && verdict.data == nil && verdict.unlisted?.contains("is larger than 8 MiB") == true)
    // With all the time there is, the row is found that stands there twice.
    let deep = try validate(Self.job("  labels: table.csv"), "--deep")
    #expect(deep.status == 65 && deep.output.contains("'bad/0.png' is already on line 2"), "\(deep.status)")
  }

  @Test func deepDecodesEverythingAndCountsByKind() throws {
    let whole = blackPNG(width: 40, height: 40)
    try write(Array(whole.dropLast(20)), to: "images/bad/cut.png")
    try write(Array(whole.dropLast(20)), to: "images/ok/cut.png")
    try write(Array("RIFF\u{10}\u{0}\u{0}\u{0}WEBPVP8 ".utf8), to: "images/bad/photo.jpg")
    #expect(try verdict(Self.job()).valid)
    let refused = try verdict(Self.job(), "--deep")
    #expect(!refused.valid && refused.line == 6 && refused.message?.contains("maximumSkipped") == true, "\(refused)")
    let problems = try #require(refused.problems)
    #expect(problems.map(\.images) == [2, 1] && problems[0].kind == "is cut short", "\(problems)")
    #expect(problems[0].names.sorted() == ["bad/cut.png", "ok/cut.png"] && problems[1].kind.contains("WebP"))
    let allowed = Self.job("  maximumSkipped: 0.5")
    let said = try validate(allowed, "--deep")
    #expect(said.status == 0 && said.output.contains("3 of 18 images cannot be used"), "\(said)")
    #expect(said.output.contains("is cut short") && said.output.contains("photo.jpg"))
    try write(whole, to: "images/bad/cut.png")
    try write(whole, to: "images/ok/cut.png")
    try write(whole, to: "images/bad/photo.jpg")
    #expect(try validate(allowed, "--deep").output.contains("all 18 images can be used"))
  }

  /// On a terminal there is a bar while it goes on, and none behind it.
  @Test func theBarIsTakenAway() throws {
    try folder.write(Self.job(), to: "job.yaml")
    let said = kiln(["validate", "--deep", folder("job.yaml")], isTerminal: true)
    let shown = said.output.split(separator: "\r\u{1B}[2K", omittingEmptySubsequences: false)
    #expect(said.status == 0 && shown.last?.contains("valid") == true && shown.last?.contains("decoding") == false)
  }
}
