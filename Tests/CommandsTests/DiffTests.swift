import Checkpoints
import DurableFiles
import Foundation
import TemporaryFolder
import Testing

@Suite struct DiffTests {
  let folder: TemporaryFolder
  private static let fixtures = "\(Fixtures.package)/Tests/Fixtures"

  init() throws { folder = try TemporaryFolder() }

  private func write(_ tensors: [NamedTensor], _ metadata: [String: String] = [:], to name: String) throws -> String {
    try publish(try Safetensors.encode(tensors, metadata: metadata), to: folder(name))
    return folder(name)
  }

  private func tensor(_ said: Said, _ name: String) -> [String: Any]? {
    (said.object?["tensors"] as? [[String: Any]])?.first { $0["name"] as? String == name }
  }

  @Test func whatIsTheSameIsSaid() {
    let run = "\(Self.fixtures)/runs/plain"
    let said = kiln("diff", "--exit-code", run, "\(run)/checkpoints/00000008")
    #expect(said.status == 0 && said.output.contains("the same: "), "\(said)")
    #expect(kiln("diff", run, run, "--json").object?["same"] as? Bool == true)
  }

  @Test func aFlippedBitIsOneBit() throws {
    let values: [Float] = [3, -4, 0, .nan]
    var others = values
    others[1] = Float(bitPattern: values[1].bitPattern ^ 1 << 22)
    let a = try write([NamedTensor(name: "w", shape: [4], values: values)], to: "a.safetensors")
    let b = try write([NamedTensor(name: "w", shape: [4], values: others)], to: "b.safetensors")
    let said = kiln("diff", a, b, "--json")
    let found = try #require(tensor(said, "w"))
    #expect(said.status == 0 && said.object?["same"] as? Bool == false)
    #expect(found["differing"] as? Int == 1 && found["bits"] as? Int == 1 && found["nonFinite"] as? Int == 0)
    // -4 becomes -6: a distance of 2, and the first tensor's norm is 5.
    #expect(found["maximum"] as? Double == 2 && found["relativeNorm"] as? Double == 0.4)
    #expect(kiln("diff", a, b, "--exit-code").status == 1)
    #expect(kiln("diff", a, b).output.contains("0 of 1 tensors are the same"))
  }

  /// As numbers equal, and still two texts of bits.
  @Test func zerosOfTwoSignsDifferInTheirBits() throws {
    let a = try write([NamedTensor(name: "w", shape: [1], values: [0])], to: "a.safetensors")
    let b = try write([NamedTensor(name: "w", shape: [1], values: [-0.0])], to: "b.safetensors")
    let found = try #require(tensor(kiln("diff", a, b, "--json"), "w"))
    #expect(found["finding"] as? String == "values" && found["differing"] as? Int == 1)
    #expect(found["maximum"] as? Double == 0 && found["relativeNorm"] as? Double == 0)
  }

  @Test func typesShapesAndTensorsOfOneAlone() throws {
    let a = try write(
      [
        NamedTensor(name: "both", shape: [2], values: [1, 2]), NamedTensor(name: "shaped", shape: [2], values: [1, 2]),
        NamedTensor(name: "mine", shape: [1], values: [1]),
      ], ["classes": "a\nb", "step": "5"], to: "a.safetensors")
    let b = try write(
      [
        NamedTensor(name: "yours", shape: [3], values: [1, 2, 3]),
        NamedTensor(name: "both", shape: [2], values: [1, 2]),
        NamedTensor(name: "shaped", shape: [1, 2], values: [1, 2]),
      ], ["classes": "a\nc", "step": "6"], to: "b.safetensors")
    let said = kiln("diff", a, b)
    for line in [
      "only in A: mine (1)", "only in B: yours (3)", "other shape: shaped is 2 in A and 1x2 in B",
      "1 of 4 tensors are the same",
      "a, b",
    ] {
      #expect(said.output.contains(line), "\(line): \(said.output)")
    }
    let checkpoints = "\(Self.fixtures)/checkpoints"
    let plain = "\(Self.fixtures)/initial/plain.safetensors"
    let half = kiln("diff", plain, "\(checkpoints)/half.safetensors", "--json")
    let weight = try #require(tensor(half, "0.weight"))
    #expect(weight["bits"] is NSNull && weight["types"] as? [String] == ["F32", "F16"])
    let relative = try #require(weight["relativeNorm"] as? Double)
    // Half of a unit in the last place of eleven bits, at most.
    #expect(relative > 0 && relative < 0x1p-11)
    #expect(kiln("diff", plain, "\(checkpoints)/half.safetensors").output.contains("F32 F16"))
  }

  @Test func settingsAreComparedByTheirKeys() throws {
    let said = kiln("diff", "\(Self.fixtures)/runs/plain", "\(Self.fixtures)/runs/plateau", "--json")
    let keys = (said.object?["settings"] as? [[String: Any]])?.compactMap { $0["key"] as? String } ?? []
    #expect(keys.contains { $0.hasPrefix("training.schedule.") }, "\(keys)")
    let text = kiln("diff", "\(Self.fixtures)/runs/plain", "\(Self.fixtures)/runs/plateau").output
    #expect(text.contains("training.schedule.") && text.contains("default"))
  }

  /// Of a model alone nobody knows the job: that is said, and is no difference.
  @Test func aModelAloneIsComparedByWhatItHas() throws {
    let run = "\(Self.fixtures)/runs/plain"
    try publish(readFile("\(run)/latest/model.safetensors", limit: 1 << 20), to: folder("model-alone.safetensors"))
    let said = kiln("diff", "--exit-code", run, folder("model-alone.safetensors"))
    #expect(said.status == 0 && said.output.contains("B is a model alone"), "\(said)")
  }

  @Test func whatIsNotThereOrDamagedEndsIt() throws {
    try folder.write("no tensors", to: "damaged.safetensors")
    let whole = "\(Self.fixtures)/checkpoints/kiln.safetensors"
    #expect(kiln("diff", whole, folder("nowhere")).status == 66)
    #expect(kiln("diff", folder("damaged.safetensors"), whole).status == 65)
  }
}
