import Checkpoints
import DurableFiles
import Foundation
import TemporaryFolder
import Testing

/// Runs that were copied with their links followed.
@Suite struct CopiedRunTests {
  let folder: TemporaryFolder
  let store: CheckpointStore

  /// Three checkpoints, the second marked best, copied as `cp -rL` does.
  init() throws {
    folder = try TemporaryFolder()
    let original = CheckpointStore(run: folder("original"))
    try original.prepare()
    for step in 1...3 {
      try original.publish(
        step: step, model: [NamedTensor(name: "0.weight", shape: [1], values: [Float(step)])],
        modelMetadata: ["step": "\(step)"], training: [], state: [:], keep: 3)
    }
    try original.markBest(step: 2)
    try FileManager.default.copyItem(atPath: folder("original"), toPath: folder("copy"))
    for (link, step) in [("latest", 3), ("best", 2)] {
      try remove(folder("copy/\(link)"))
      try FileManager.default.copyItem(atPath: original.path(of: step), toPath: folder("copy/\(link)"))
    }
    store = CheckpointStore(run: folder("copy"))
  }

  @Test func theBestIsReadWhereItLies() throws {
    let best = try #require(try store.best())
    #expect(best.step == 2 && best.model.tensors.first?.values == [2])
    #expect(folder.names("copy") == ["best", "checkpoints", "latest"])
  }

  @Test func copiesOfWhatIsThereGiveWay() throws {
    try store.prepare()
    #expect(folder.names("copy") == ["checkpoints"])
    #expect(try store.steps() == [1, 2, 3])
    try store.markLatest(step: 3)
    #expect(try store.latestStep == 3)
  }

  /// Whoever copied `best` alone has it still.
  @Test func aCopyOfWhatIsNotThereTakesItsPlace() throws {
    try removeTree(store.path(of: 2))
    try store.prepare()
    #expect(try store.steps() == [1, 2, 3])
    #expect(try store.checkpoint(step: 2).model.tensors.first?.values == [2])
  }

  @Test func aCopyMendsADamagedCheckpoint() throws {
    try publish([1, 2, 3], to: store.path(of: 3) + "/model.safetensors")
    try store.prepare()
    #expect(try store.latest()?.step == 3)
    #expect(folder.names("copy/checkpoints").contains("00000003.damaged"))
  }

  @Test func nothingThatDiffersIsLost() throws {
    try publish([1, 2, 3], to: folder("copy/latest/model.safetensors"))
    let other = CheckpointStore(run: folder("other"))
    try other.prepare()
    try other.publish(
      step: 2, model: [NamedTensor(name: "0.weight", shape: [1], values: [9])], modelMetadata: ["step": "2"],
      training: [], state: [:], keep: 1)
    try removeTree(folder("copy/best"))
    try move(other.path(of: 2), to: folder("copy/best"))
    try store.prepare()
    #expect(folder.names("copy") == ["best.copied", "checkpoints", "latest.damaged"])
    #expect(try TensorFile(contentsOf: folder("copy/best.copied/model.safetensors")).tensors.first?.values == [9])
  }
}
