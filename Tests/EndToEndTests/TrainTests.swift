import Foundation
import TemporaryFolder
import Testing

/// `kiln train` in the foreground: which folder it takes, what it says about that, and what it leaves behind.
@Suite struct TrainTests {
  private static let fixtures = RealTrainerTests.root + "/Tests/Fixtures"
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder("work"), withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: Self.fixtures + "/initial/images", toPath: folder("work/images"))
  }

  private func job(_ name: String, images: String = "images", epochs: Int = 1) -> String {
    """
    name: "\(name)"
    network: [{maxPool2d: {kernel: 64}}, flatten, {linear: {outputs: 1}}]
    data: {images: \(images), normalize: none, cache: false}
    training: {epochs: \(epochs)}
    """
  }

  /// Runs a command of `kiln` in the folder `work`.
  private func kiln(_ arguments: String...) throws -> (status: Int32, output: String) {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: TestDaemon.program("kiln"))
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder("work"))
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, output)
  }

  private func train(_ text: String, _ more: String...) throws -> (status: Int32, output: String) {
    try folder.write(text, to: "work/job.yaml")
    let (status, output) =
      more.isEmpty ? try kiln("train", "job.yaml") : try kiln("train", "job.yaml", more[0], more[1])
    return (status, output)
  }

  /// No name leads out of `runs`, or into the run of another name.
  @Test(arguments: [
    ("../x", "x"), ("..", "job"), ("/x", "x"), ("a/b", "a-b"), (".", "job"), ("Solar Cells", "solar-cells"),
  ])
  func aNameIsOneFolder(name: String, directory: String) throws {
    let done = try train(job(name))
    #expect(done.status == 0, "\(done.output)")
    #expect(folder.names("work/runs") == [directory])
    #expect(folder.names("work/runs/\(directory)").contains("latest"))
    #expect(folder.names() == ["work"] && folder.names("work") == ["images", "job.yaml", "runs"])
  }

  /// Earlier versions called the folder as the job.
  @Test func anUnfinishedRunInAFolderOfTheFullNameIsGoneOnWith() throws {
    try folder.write(job("Solar Cells"), to: "work/job.yaml")
    #expect(try kiln("train", "job.yaml", "--output", "runs/Solar Cells").status == 0)
    let progress = try #require(folder.text("work/runs/Solar Cells/progress.json"))
    try folder.write(progress.replacing("\"done\"", with: "\"interrupted\""), to: "work/runs/Solar Cells/progress.json")
    #expect(try kiln("train", "job.yaml").status == 0)
    #expect(folder.names("work/runs") == ["Solar Cells"])
  }

  @Test func whoBeginsAfreshElsewhereIsTold() throws {
    #expect(try !train(job("tiny")).output.contains("afresh"))
    let second = try train(job("tiny"))
    #expect(second.status == 0)
    #expect(second.output.contains("runs/tiny ") && second.output.contains("afresh in runs/tiny-2"), "\(second.output)")
    let third = try train(job("tiny", epochs: 2))
    #expect(third.output.contains("runs/tiny ") && third.output.contains("afresh in runs/tiny-3"), "\(third.output)")
  }

  @Test func aJobThatFailsForItsDataLeavesNoFolder() throws {
    let failed = try train(job("tiny", images: "nowhere"))
    #expect(failed.status == 65)
    #expect(folder.names("work/runs").isEmpty)
    // A folder that was there stays, with what was in it.
    #expect(try train(job("tiny")).status == 0)
    let again = try train(job("tiny", images: "nowhere"), "--output", "runs/tiny")
    #expect(again.status == 65 && folder.names("work/runs/tiny").contains("latest"))
  }

  /// An old run whose images are not those of before: nobody but its owner can say which of them are right.
  @Test func aRunThatCannotBeGoneOnWithWaitsForADecision() throws {
    let old = Self.fixtures + "/runs/plain"
    try FileManager.default.copyItem(atPath: old, toPath: folder("work/plain"))
    let image = folder("work/images/rising/0.png")
    try FileManager.default.copyItem(atPath: image, toPath: folder("work/images/rising/9.png"))
    let before = folder.names("work/plain/checkpoints")
    let refused = try kiln("train", "plain/job.yaml", "--base", ".", "--output", "plain")
    #expect(refused.status == 78)
    #expect(refused.output.contains("its data.fingerprint is"))
    #expect(folder.names("work/plain/checkpoints") == before)
    try FileManager.default.removeItem(atPath: folder("work/images/rising/9.png"))
    #expect(try kiln("train", "plain/job.yaml", "--base", ".", "--output", "plain").status == 0)
    let model = FileManager.default.contents(atPath: folder("work/plain/latest/model.safetensors"))
    #expect(model != nil && model == FileManager.default.contents(atPath: old + ".safetensors"))
  }

  /// Of runs of this version and of the one before, in the words of the job file.
  @Test func inspectionSpeaksTheWordsOfAJobFile() throws {
    let shown = try kiln("inspect", Self.fixtures + "/runs/plain")
    #expect(shown.status == 0)
    #expect(shown.output.contains("    schedule: {step: {every: 5 steps, factor: 0.5}}\n"))
    for word in ["Schedule(", "Datasets.", "Optional(", "hasBias", "kiln.identity"] {
      #expect(!shown.output.contains(word), "\(word)")
    }
  }

  /// `cp -rL` and `scp -r` make folders of the links.
  @Test func aRunCopiedWithItsLinksFollowedGoesOn() throws {
    let old = Self.fixtures + "/runs/plain"
    try FileManager.default.copyItem(atPath: old, toPath: folder("work/plain"))
    for (link, target) in [("latest", "00000008"), ("best", "")] {
      let path = folder("work/plain/\(link)")
      let step =
        target.isEmpty ? try FileManager.default.destinationOfSymbolicLink(atPath: path) : "checkpoints/" + target
      try FileManager.default.removeItem(atPath: path)
      try FileManager.default.copyItem(atPath: "\(old)/\(step)", toPath: path)
    }
    #expect(try kiln("evaluate", "plain", "--base", ".", "--checkpoint", "best").status == 0)
    let done = try kiln("train", "plain/job.yaml", "--base", ".", "--output", "plain")
    #expect(done.status == 0, "\(done.output)")
    #expect(
      try FileManager.default.destinationOfSymbolicLink(atPath: folder("work/plain/latest")).hasPrefix("checkpoints/"))
    #expect(
      try FileManager.default.destinationOfSymbolicLink(atPath: folder("work/plain/best")).hasPrefix("checkpoints/"))
    let model = FileManager.default.contents(atPath: folder("work/plain/latest/model.safetensors"))
    #expect(model != nil && model == FileManager.default.contents(atPath: old + ".safetensors"))
  }
}
