import Checkpoints
import Foundation
import Testing

/// The files of Tests/Fixtures/checkpoints; generate.py says what is in them.
func fixture(_ name: String) throws -> [UInt8] {
  let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  return Array(try Data(contentsOf: folder.appendingPathComponent("Fixtures/checkpoints/\(name)")))
}

@Suite struct SafetensorsTests {
  /// What kiln.safetensors holds; Python's package has read that file and found the same.
  let tensors = [
    NamedTensor(name: "0.weight", shape: [2, 3, 2, 2], values: (0..<24).map { Float($0) / 4 - 1 }),
    NamedTensor(name: "0.bias", shape: [2], values: [-0.0, .nan]),
    NamedTensor(name: "8.weight", shape: [1, 5], values: [1, 2, 3, .infinity, .leastNonzeroMagnitude]),
    NamedTensor(name: "empty", shape: [0, 4], values: []),
    NamedTensor(name: "scalar", shape: [], values: [0.1]),
  ]
  let metadata = ["network": "conv2d: \"10@9\"\nrelu ✓ \\", "step": "120"]

  @Test func bytesAreThoseThatPythonHasRead() throws {
    #expect(try Safetensors.encode(tensors, metadata: metadata) == fixture("kiln.safetensors"))
  }

  @Test func headerIsPaddedToEightBytes() throws {
    for length in 0..<9 {
      let name = String(repeating: "x", count: length + 1)
      let bytes = try Safetensors.encode([NamedTensor(name: name, shape: [1], values: [1])], metadata: [:])
      #expect(bytes.count % 8 == 4)
      #expect(bytes[0] % 8 == 0)
    }
  }

  @Test func roundTripKeepsOrderBitsAndText() throws {
    let file = try Safetensors.decode(try Safetensors.encode(tensors, metadata: metadata))
    #expect(file.tensors.map(\.name) == tensors.map(\.name))
    #expect(file.tensors.map(\.shape) == tensors.map(\.shape))
    #expect(file.tensors.map { $0.values.map(\.bitPattern) } == tensors.map { $0.values.map(\.bitPattern) })
    #expect(file.metadata.filter { $0.key != Safetensors.checksumKey } == metadata)
  }

  @Test func readsWhatPythonWrote() throws {
    let file = try Safetensors.decode(try fixture("python.safetensors"))
    let tensors = Dictionary(uniqueKeysWithValues: file.tensors.map { ($0.name, $0) })
    #expect(tensors.count == 6)
    #expect(tensors["0.weight"]?.shape == [2, 3, 2, 2])
    #expect(tensors["scalar"] == NamedTensor(name: "scalar", shape: [], values: [0.1]))
    #expect(tensors["empty"] == NamedTensor(name: "empty", shape: [0, 3], values: []))
    #expect(tensors["gewölbe/\"10\""]?.values == [0, 1, 2, 3, 4, 5])
    let special: [Float] = [-.infinity, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude]
    #expect(tensors["special"]?.values.suffix(4).map(\.bitPattern) == special.map(\.bitPattern))
    #expect(file.metadata == ["step": "120", "note": "a \"quoted\"\ttab, ✓ 😀"])
  }

  @Test func whatCannotBeWrittenIsRefused() {
    let two = NamedTensor(name: "a", shape: [2], values: [1, 2])
    #expect(throws: CheckpointError.duplicateName("a")) { try Safetensors.encode([two, two], metadata: [:]) }
    #expect(throws: CheckpointError.duplicateName("__metadata__")) {
      try Safetensors.encode([NamedTensor(name: "__metadata__", shape: [], values: [1])], metadata: [:])
    }
    for shape in [[3], [-1, -2], [Int.max, 2]] {
      #expect(throws: CheckpointError.wrongShape(tensor: "a", shape: shape)) {
        try Safetensors.encode([NamedTensor(name: "a", shape: shape, values: [1, 2])], metadata: [:])
      }
    }
  }
}
