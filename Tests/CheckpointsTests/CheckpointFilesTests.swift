import Checkpoints
import Foundation
import TemporaryFolder
import Testing

@Suite struct CheckpointFilesTests {
  let folder: TemporaryFolder
  let store: CheckpointStore

  init() throws {
    folder = try TemporaryFolder()
    store = CheckpointStore(run: folder("run"))
    try store.prepare()
    for step in [1, 2] {
      try store.publish(
        step: step, model: [NamedTensor(name: "0.weight", shape: [1], values: [1])], modelMetadata: [:], training: [],
        state: [:], keep: 3)
    }
    try store.markBest(step: 1)
  }

  @Test(arguments: [
    ("run", "run/checkpoints/00000002"), ("run/", "run//checkpoints/00000002"), ("run/best", "run/best"),
    ("run/latest", "run/latest"), ("run/checkpoints/00000001", "run/checkpoints/00000001"),
    ("run/best/model.safetensors", "run/best"),
  ]) func everyNameOfACheckpointLeadsToBothFiles(name: String, directory: String) throws {
    let files = try CheckpointFiles(named: folder(name))
    #expect(files.model == folder("\(directory)/model.safetensors"))
    #expect(files.training == folder("\(directory)/training.safetensors"))
    #expect(files.passedOver == [])
  }

  @Test func aModelMayStandAlone() throws {
    for name in ["weights.safetensors", "model.safetensors"] {
      try FileManager.default.copyItem(atPath: folder("run/latest/model.safetensors"), toPath: folder(name))
      let files = try CheckpointFiles(named: folder(name))
      #expect(files.model == folder(name))
      #expect(files.training == nil)
    }
  }

  @Test func aDamagedNewestIsPassedOver() throws {
    try folder.write("garbage", to: "run/checkpoints/00000002/model.safetensors")
    let files = try CheckpointFiles(named: folder("run"))
    #expect(files.model == folder("run/checkpoints/00000001/model.safetensors"))
    #expect(files.passedOver.count == 1)
    try folder.write("garbage", to: "run/checkpoints/00000001/model.safetensors")
    #expect {
      try CheckpointFiles(named: folder("run"))
    } throws: { error in
      if case .damaged(let path, _)? = error as? CheckpointError { path.contains("00000002") } else { false }
    }
  }

  @Test func whatIsNotThereSaysSo() throws {
    try FileManager.default.createDirectory(atPath: folder("empty"), withIntermediateDirectories: true)
    #expect(throws: CheckpointError.noCheckpoint(path: folder("empty"))) {
      try CheckpointFiles(named: folder("empty"))
    }
    #expect {
      try CheckpointFiles(named: folder("missing"))
    } throws: { error in
      if case .file(let file)? = error as? CheckpointError { file.code == ENOENT } else { false }
    }
  }
}
