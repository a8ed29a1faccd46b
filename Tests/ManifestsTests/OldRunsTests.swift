import Checkpoints
import Configuration
import Datasets
import DurableFiles
import Foundation
import Manifests
import TemporaryFolder
import Testing
import Training

/// Tests/Fixtures/runs: what an earlier Kiln began, and what it gave when it went on itself.
let oldRuns = tests.appending(path: "Fixtures/runs")

func manifest(ofOldRun name: String) throws -> Manifest {
  let file = JobFile(oldRuns.appending(path: "jobs/\(name).yaml").path)
  return try Manifest.parse(file.read(), file: file.path)
}

@Suite struct OldRunsTests {
  /// Goes on with a copy of an interrupted run.
  private func goOn(
    _ name: String, _ folder: TemporaryFolder, change: (CheckpointStore) throws -> Void = { _ in }
  ) throws -> CheckpointStore {
    let manifest = try manifest(ofOldRun: name)
    try FileManager.default.copyItem(atPath: oldRuns.appending(path: name).path, toPath: folder(name))
    let store = CheckpointStore(run: folder(name))
    try change(store)
    let job = TrainingJob(
      name: manifest.name, network: manifest.network, data: manifest.data,
      location: DataLocation(base: tests.appending(path: "Fixtures/initial").path), training: manifest.training,
      checkpoints: manifest.checkpoints, threads: 2)
    var (start, steps) = (0, 0)
    var run = try TrainingRun(job, in: folder(name)) { event in
      if case .started(_, _, let resumed, _) = event { start = resumed?.step ?? 0 }
      if case .stepped = event { steps += 1 }
    }
    #expect(try run.run { false }.isFinished)
    #expect(start > 0 && steps > 0)
    return store
  }

  @Test(arguments: ["plain", "validating", "diverged", "plateau", "initial", "lonely"])
  func aRunOfAnEarlierKilnGoesOnToTheSameBytes(name: String) throws {
    let folder = try TemporaryFolder()
    let store = try goOn(name, folder)
    let model = try readFile(folder("\(name)/latest/model.safetensors"), limit: 1 << 20)
    #expect(try model == readFile(oldRuns.appending(path: "\(name).safetensors").path, limit: 1 << 20))
    // What it has written by now is of this version.
    let checkpoint = try #require(try store.latest())
    #expect(checkpoint.training.metadata["kiln.identity"]?.hasPrefix("{\"version\": 1") == true)
    #expect(checkpoint.training.metadata["layers"] == nil)
  }

  /// A new one is not begun any more: eight images in batches of seven leave one alone, whose variance is nothing.
  @Test func aRunIsNotBegunThatLeavesAnImageAlone() throws {
    let folder = try TemporaryFolder()
    let text = try String(contentsOf: oldRuns.appending(path: "jobs/lonely.yaml"), encoding: .utf8)
    for (size, better) in [(7, 8), (1, 2)] {
      let manifest = try Manifest.parse(text.replacing("batchSize: 7", with: "batchSize: \(size)"), file: "lonely.yaml")
      let job = TrainingJob(
        name: manifest.name, network: manifest.network, data: manifest.data,
        location: DataLocation(base: tests.appending(path: "Fixtures/initial").path), training: manifest.training,
        checkpoints: manifest.checkpoints, threads: 2)
      #expect {
        _ = try TrainingRun(job, in: folder("run")) { _ in }
      } throws: { error in
        "\(error)".hasPrefix("layer 2 (batchNorm) has one value a channel of each image, and 8 training images")
          && "\(error)".contains("write `batchSize: \(better)`") && (error as? TrainingError)?.isPermanent == true
      }
      let mended = try Manifest.parse(
        text.replacing("batchSize: 7", with: "batchSize: \(better)"), file: "lonely.yaml")
      try mended.checkBatches(mended.plan())
    }
  }

  /// With one image a batch that is known from the file alone, at any shape of one value a channel.
  @Test(arguments: ["globalAvgPool", "flatten"])
  func batchesOfOneAreRefusedAtTheLayer(shrink: String) throws {
    let job = """
      network:
        - avgPool2d: {kernel: 64}
        - \(shrink)
        - batchNorm
        - linear: {outputs: 1}
      data: {images: images}
      training: {epochs: 1, batchSize: 1}
      """
    let manifest = try Manifest.parse(job, file: "job.yaml")
    let plan = try manifest.plan()
    #expect {
      try manifest.checkBatches(plan)
    } throws: { "\($0)".hasPrefix("job.yaml:4:5: error: layer 2 (batchNorm) has one value a channel") }
    let early = try Manifest.parse(
      job.replacing("- \(shrink)\n  - batchNorm", with: "- batchNorm\n  - \(shrink)"), file: "job.yaml")
    try early.checkBatches(early.plan())
    let pairs = try Manifest.parse(job.replacing("batchSize: 1", with: "batchSize: 2"), file: "job.yaml")
    try pairs.checkBatches(pairs.plan())
  }

  /// Batch normalization is computed with more precision since, so the rest could not have the earlier version's bytes:
  /// somebody has to decide, and the run stays as it is.
  @Test(arguments: ["batch-norm-first", "batch-norm"])
  func aRunWithBatchNormalizationIsLeftToAPerson(name: String) throws {
    let folder = try TemporaryFolder()
    #expect {
      try goOn(name, folder)
    } throws: { error in
      (error as? TrainingError)?.needsDecision == true && "\(error)".contains("`batchNorm`")
    }
    #expect(try CheckpointStore(run: folder(name)).latest() != nil)
  }
}
