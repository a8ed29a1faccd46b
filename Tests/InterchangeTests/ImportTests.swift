import Checkpoints
import DurableFiles
import Foundation
import Interchange
import Networks
import TemporaryFolder
import Testing
import Training

@Suite struct ImportTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// NumPy's own archive, and Kiln's, hold the same tensors as the safetensors file.
  @Test func everyFileHoldsTheSame() throws {
    let expected = try ImportedWeights(contentsOf: EveryLayer.path("every-layer.safetensors"))
    #expect(expected.ignored == ["10.num_batches_tracked", "2.num_batches_tracked", "22.num_batches_tracked"])
    #expect(expected.statistics == nil && expected.classes == nil)
    let byName = Dictionary(uniqueKeysWithValues: expected.tensors.map { ($0.name, $0) })
    #expect(byName.count == 23)
    for file in ["every-layer.npz", "every-layer-export.npz", "every_layer.safetensors"] {
      let found = try ImportedWeights(contentsOf: EveryLayer.path(file))
      #expect(Dictionary(uniqueKeysWithValues: found.tensors.map { ($0.name, $0) }) == byName, "\(file)")
      #expect(found.ignored.count == (file == "every-layer.npz" ? 3 : 0))
      #expect(found.statistics == (file == "every-layer.npz" ? nil : EveryLayer.statistics))
      #expect(found.classes == (file == "every-layer.npz" ? nil : EveryLayer.classes))
      try found.check(against: EveryLayer.trained().plan)
    }
  }

  private func refusal(_ change: (inout [NamedTensor]) -> Void) throws -> String {
    var tensors = try ImportedWeights(contentsOf: EveryLayer.path("every-layer.safetensors")).tensors
    change(&tensors)
    try publish(try Safetensors.encode(tensors, metadata: [:]), to: folder("changed.safetensors"))
    let weights = try ImportedWeights(contentsOf: folder("changed.safetensors"))
    let plan = try EveryLayer.trained().plan
    do throws(InterchangeError) { try weights.check(against: plan) } catch { return "\(error)" }
    return ""
  }

  @Test func whatDoesNotFitIsNamedWithItsCure() throws {
    #expect(try refusal { $0.reverse() } == "")
    let missing = try refusal { $0.removeAll { $0.name == "10.running_var" } }
    #expect(missing.contains("it has no tensor `10.running_var`, which layer 10 (batchNorm) needs as [8]"))
    #expect(missing.contains("torch.nn.Sequential"))
    let shaped = try refusal { tensors in
      tensors[tensors.firstIndex { $0.name == "5.bias" } ?? 0] = NamedTensor(
        name: "5.bias", shape: [2, 2], values: [1, 2, 3, 4])
    }
    #expect(shaped.contains("`5.bias` has the shape [2, 2], and layer 5 (conv2d) needs [4]; name the network"))
    let strange = try refusal { $0.append(NamedTensor(name: "head\u{1B}.weight", shape: [1], values: [1])) }
    #expect(strange.contains("the network has no tensor `head?.weight` of [1]"))
    let wrapped = try refusal { tensors in
      tensors = tensors.map { NamedTensor(name: "model.\($0.name)", shape: $0.shape, values: $0.values) }
    }
    #expect(wrapped.contains("every name begins with `model.`") && wrapped.contains("model.model.state_dict()"))
    let infinite = try refusal { tensors in
      tensors[tensors.firstIndex { $0.name == "5.bias" } ?? 0].values[2] = .infinity
    }
    #expect(infinite.contains("`5.bias` has a value that is no finite number (inf at 2)"))
  }

  private func problem(of bytes: [UInt8]) throws -> String {
    try publish(bytes, to: folder("file"))
    do throws(InterchangeError) { _ = try ImportedWeights(contentsOf: folder("file")) } catch { return "\(error)" }
    return ""
  }

  /// An archive of NumPy's whose first member says that it is compressed, and one with the first name of `torch.save`.
  @Test func archivesOfOthersAreNamed() throws {
    var compressed = try EveryLayer.bytes("every-layer.npz")
    let entry = try #require(compressed.firstRange(of: [0x50, 0x4B, 1, 2]))
    compressed[entry.lowerBound + 10] = 8
    #expect(
      try problem(of: compressed).contains("is compressed; write it with `numpy.savez`"))
    var pickle = StoredZip()
    pickle.add("archive/data.pkl", [1, 2, 3])
    #expect(
      try problem(of: try #require(pickle.finished(comment: ""))).contains(
        "archive/data.pkl is no array; a file of `torch.save` is a pickle"))
    #expect(try problem(of: Array("nothing".utf8)).contains("safetensors.torch.save_file"))
    #expect(try problem(of: []) != "")
  }

  /// A byte that is changed is refused, or changes no value: those that nobody looks at are a fourth.
  @Test func aDamagedArchiveIsRefused() throws {
    var archive = StoredZip()
    archive.add("0.weight.npy", NumPyArray.bytes([1, 2, 3], shape: [3]))
    archive.add("0.bias.npy", NumPyArray.bytes([4], shape: []))
    let whole = try #require(archive.finished(comment: "c"))
    let expected = [
      NamedTensor(name: "0.weight", shape: [3], values: [1, 2, 3]), NamedTensor(name: "0.bias", shape: [], values: [4]),
    ]
    for length in 0..<whole.count { #expect(try problem(of: Array(whole[..<length])) != "", "\(length)") }
    var accepted = 0
    for place in whole.indices {
      for change in [UInt8(1), 0x80] {
        var bytes = whole
        bytes[place] ^= change
        try publish(bytes, to: folder("file"), .atomic)
        do throws(InterchangeError) {
          let weights = try ImportedWeights(contentsOf: folder("file"))
          // What is not looked at decides nothing; a name is whatever it says.
          #expect(weights.tensors.map(\.values) == expected.map(\.values) || weights.tensors.count < 2, "\(place)")
          accepted += 1
        } catch {}
      }
    }
    #expect(accepted < 2 * whole.count / 4)
  }

  @Test func aCheckpointAppearsWholeOrNotAtAll() throws {
    let trained = try EveryLayer.trained()
    try ImportedCheckpoint.publish(trained, as: folder("made/"))
    #expect(folder.names() == ["made"])
    let again = try TrainedNetwork(CheckpointFiles(named: folder("made")))
    #expect(again.model == trained.model && again.classes == EveryLayer.classes && again.step == 0)
    #expect(try OnnxFormat.bytes(again) == OnnxFormat.bytes(trained))
    #expect(throws: InterchangeError.self) { try ImportedCheckpoint.publish(trained, as: folder("made")) }
    #expect(throws: InterchangeError.self) { try ImportedCheckpoint.requirePlace(folder("made")) }
    #expect(throws: InterchangeError.self) { try ImportedCheckpoint.requirePlace(folder("nowhere/made")) }
    #expect(folder.names() == ["made"])
  }
}
