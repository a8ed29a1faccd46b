import Checkpoints
import DurableFiles
import Foundation
import TemporaryFolder
import Testing
import Workers

@Suite struct CheckpointStoreTests {
  let folder: TemporaryFolder
  let store: CheckpointStore

  init() throws {
    folder = try TemporaryFolder()
    store = CheckpointStore(run: folder("run"))
    try store.prepare()
  }

  private func model(_ value: Float) -> [NamedTensor] {
    [NamedTensor(name: "0.weight", shape: [2], values: [value, -value])]
  }

  private func publish(_ step: Int, keep: Int = 3) throws {
    try store.publish(
      step: step, model: model(Float(step)), modelMetadata: ["step": "\(step)"],
      training: [NamedTensor(name: "momentum.0.weight", shape: [2], values: [0, 1])],
      state: ["rate": "0.5"], keep: keep)
  }

  private func target(_ link: String) throws -> String {
    try FileManager.default.destinationOfSymbolicLink(atPath: folder("run/\(link)"))
  }

  /// Changes one byte of the file's tensor values.
  private func damage(_ name: String) throws {
    var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: folder("run/checkpoints/\(name)"))))
    bytes[bytes.count - 1] ^= 1
    try Data(bytes).write(to: URL(fileURLWithPath: folder("run/checkpoints/\(name)")))
  }

  @Test func publishedIsReadBack() throws {
    #expect(try store.latest() == nil)
    try publish(120)
    let latest = try #require(try store.latest())
    #expect(latest.step == 120)
    #expect(latest.model.tensors == model(120))
    #expect(latest.model.metadata["step"] == "120")
    #expect(latest.training.tensors.map(\.name) == ["momentum.0.weight"])
    #expect(latest.training.metadata["rate"] == "0.5")
    #expect(folder.names("run/checkpoints") == ["00000120"])
    #expect(folder.names("run/checkpoints/00000120") == ["model.safetensors", "training.safetensors"])
    #expect(try target("latest") == "checkpoints/00000120")
  }

  /// A tick for each tensor, and one for each of the two files; a large file gives more.
  @Test func savingIsASignOfLife() throws {
    let heartbeat = Heartbeat()
    let store = CheckpointStore(run: folder("run"), heartbeat: heartbeat)
    func beats(values: Int) throws -> Int {
      let before = heartbeat.count
      try store.publish(
        step: values,
        model: [NamedTensor(name: "0.weight", shape: [values], values: [Float](repeating: 1, count: values))],
        modelMetadata: [:], training: [NamedTensor(name: "m", shape: [1], values: [0])], state: [:], keep: 1)
      return heartbeat.count - before
    }
    #expect(try beats(values: 2) == 4)
    #expect(try beats(values: 10 << 20) == 6)
  }

  @Test func sameContentGivesSameBytes() throws {
    try publish(1)
    try publish(2)
    let training = try [1, 2].map { step in
      try Data(contentsOf: URL(fileURLWithPath: store.path(of: step) + "/training.safetensors"))
    }
    #expect(training[0] == training[1])
  }

  @Test func onlyTheNewestRemain() throws {
    for step in [10, 20, 30, 40] { try publish(step, keep: 2) }
    #expect(try store.steps() == [30, 40])
    try publish(50, keep: 0)
    #expect(try store.steps() == [50])
    #expect(folder.names("run/checkpoints") == ["00000050"])
  }

  @Test func theBestRemainsHoweverOld() throws {
    try publish(10, keep: 2)
    #expect(try store.bestStep == nil)
    try store.markBest(step: 10)
    for step in [20, 30, 40] { try publish(step, keep: 2) }
    #expect(try store.steps() == [10, 30, 40])
    #expect(try store.best()?.step == 10)
    try store.markBest(step: 40)
    try publish(50, keep: 1)
    #expect(try store.steps() == [40, 50])
    #expect(try target("best") == "checkpoints/00000040")
  }

  @Test func theMarkCanBeTakenAway() throws {
    try publish(1)
    try store.markBest(step: 1)
    try store.markBest(step: nil)
    try store.markBest(step: nil)
    #expect(try store.bestStep == nil && store.best() == nil)
  }

  @Test func theBestMustExist() throws {
    #expect(throws: CheckpointError.self) { try store.markBest(step: 7) }
    #expect(try store.bestStep == nil)
  }

  @Test(arguments: ["model.safetensors", "training.safetensors"]) func damageFallsBack(file: String) throws {
    for step in [1, 2, 3] { try publish(step) }
    try damage("00000003/\(file)")
    try FileManager.default.removeItem(atPath: folder("run/checkpoints/00000002/\(file)"))
    let recovery = try store.recover()
    #expect(recovery.checkpoint?.step == 1)
    #expect(recovery.passedOver.map(\.step) == [3, 2])
    #expect(recovery.passedOver.first?.error.description.contains("00000003/\(file) is damaged") == true)
    // What is damaged is left to be looked at.
    #expect(try store.steps() == [1, 2, 3])
  }

  /// The memory of this process is a regular file that opens and cannot be read from its beginning: EIO, as from a disk
  /// that fails.
  @Test func whatCannotBeReadNowIsNotPassedOver() throws {
    for step in [1, 2] { try publish(step) }
    let model = folder("run/checkpoints/00000002/model.safetensors")
    try move(model, to: folder("whole"))
    try replaceSymlink(at: model, to: "/proc/self/mem")
    #expect {
      try store.recover()
    } throws: { error in
      guard case CheckpointError.file(let reason) = error else { return false }
      return reason.code == EIO && (error as? CheckpointError)?.kind == .transient
    }
    #expect(throws: CheckpointError.self) { try store.latest() }
    try remove(model)
    try move(folder("whole"), to: model)
    #expect(try store.latest()?.step == 2)
  }

  @Test func everythingDamagedIsNoCheckpoint() throws {
    try publish(1)
    try damage("00000001/model.safetensors")
    let recovery = try store.recover()
    #expect(recovery.checkpoint == nil)
    #expect(recovery.passedOver.map(\.step) == [1])
  }

  /// Set aside, a damaged one neither counts among those that are kept nor is lost to whoever wants to see it.
  @Test func setAsideIsNotCounted() throws {
    for step in [1, 2, 3] { try publish(step) }
    for name in ["00000003.damaged", "00000003.damaged-2", "00000003.damaged-3"] {
      try damage("00000003/model.safetensors")
      try store.setAside(step: 3)
      #expect(try store.steps() == [1, 2], "\(name)")
      #expect(folder.names("run/checkpoints").contains(name))
      try publish(3, keep: 3)
      #expect(try store.steps() == [1, 2, 3])
    }
    #expect(folder.names("run/checkpoints").count { $0.contains("damaged") } == 3)
  }

  /// Within a validation and after it a run is saved at the same step.
  @Test func theSameStepIsReplaced() throws {
    try publish(1, keep: 1)
    try store.publish(
      step: 1, model: model(9), modelMetadata: [:], training: [], state: [:], keep: 1)
    #expect(try store.latest()?.model.tensors == model(9))
    #expect(folder.names("run/checkpoints") == ["00000001"])
  }

  /// Resumed from 10 because 20 is damaged, the run comes by 15 and 20 again.
  @Test func theOnlyGoodOneOutlivesDamagedNewerOnes() throws {
    try publish(20, keep: 1)
    try damage("00000020/model.safetensors")
    try publish(15, keep: 1)
    #expect(try store.latest()?.step == 15)
    #expect(try target("latest") == "checkpoints/00000015")
    try publish(20, keep: 1)
    #expect(try store.steps() == [20])
    let recovery = try store.recover()
    #expect(recovery.checkpoint?.step == 20)
    #expect(recovery.passedOver == [])
  }

  @Test func withoutChecksumIsNotOurs() throws {
    try publish(3)
    let header = Array("{}      ".utf8)
    try Data([8, 0, 0, 0, 0, 0, 0, 0] + header)
      .write(to: URL(fileURLWithPath: folder("run/checkpoints/00000003/model.safetensors")))
    let path = folder("run/checkpoints/00000003/model.safetensors")
    #expect(throws: CheckpointError.damaged(path: path, .checksumMissing)) { try store.checkpoint(step: 3) }
  }

  /// What a crash may leave: a half-written directory, one half removed, a link not yet renamed.
  @Test func leftoversAreRemovedAtOpen() throws {
    try publish(1)
    for name in [".00000002.unfinished", ".00000000.discarded"] {
      let path = folder("run/checkpoints/\(name)")
      try FileManager.default.createDirectory(atPath: path + "/deeper", withIntermediateDirectories: true)
      try Data([1]).write(to: URL(fileURLWithPath: path + "/deeper/model.safetensors"))
    }
    try FileManager.default.createSymbolicLink(
      atPath: folder("run/.latest.99-1.tmp"), withDestinationPath: "checkpoints/00000001")
    try folder.write("mine", to: "run/notes.tmp")
    #expect(try store.steps() == [1])
    try store.prepare()
    #expect(folder.names("run/checkpoints") == ["00000001"])
    #expect(folder.names("run") == ["checkpoints", "latest", "notes.tmp"])
    #expect(try store.latest()?.step == 1)
  }

  /// A crash between the rename and the renewal of the link.
  @Test func aStaleLinkDoesNotHideTheNewest() throws {
    try publish(1)
    try publish(2)
    try FileManager.default.removeItem(atPath: folder("run/latest"))
    try FileManager.default.createSymbolicLink(
      atPath: folder("run/latest"), withDestinationPath: "checkpoints/00000001")
    #expect(try store.latest()?.step == 2)
  }

  @Test func strangeNamesAreNoCheckpoints() throws {
    try publish(1)
    for name in ["backup", "2", "000000002", "-0000002", "+0000002"] {
      try FileManager.default.createDirectory(
        atPath: folder("run/checkpoints/\(name)"), withIntermediateDirectories: true)
    }
    #expect(try store.steps() == [1])
    try publish(123_456_789)
    #expect(try store.steps() == [1, 123_456_789])
  }

  @Test func aRunWithoutCheckpointsHasNone() throws {
    let empty = CheckpointStore(run: folder("nothing"))
    #expect(try empty.steps() == [])
    #expect(try empty.latest() == nil)
    #expect(try empty.best() == nil)
  }
}
