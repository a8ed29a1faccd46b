import Checkpoints
import DurableFiles
import Foundation
import TemporaryFolder
import Testing

/// Every type of the format, with elements by NumPy and PyTorch: Tests/Fixtures/checkpoints/element_types.py.
@Suite struct ElementTypeTests {
  struct Expected: Decodable {
    let bits: Int
    let shape: [Int]
    let values: [String]?
  }

  private func expected() throws -> [String: Expected] {
    try JSONDecoder().decode([String: Expected].self, from: Data(try fixture("types.json")))
  }

  @Test func everyTypeOfTheFormatIsKnown() throws {
    let bytes = try fixture("types.safetensors")
    let index = try SafetensorsIndex(bytes)
    let expected = try expected()
    #expect(Set(index.tensors.map(\.name)) == Set(expected.keys))
    #expect(Set(ElementType.allCases.map(\.rawValue)) == Set(expected.keys))
    for tensor in index.tensors {
      let type = try #require(tensor.type)
      #expect(type.rawValue == tensor.name && tensor.typeName == tensor.name)
      #expect(type.bits == expected[tensor.name]?.bits && tensor.shape == expected[tensor.name]?.shape)
      #expect(type.isNumeric == (expected[tensor.name]?.values != nil), "\(tensor.name)")
      #expect((type.numbers(in: Array(bytes[tensor.bytes])) != nil) == type.isNumeric)
    }
  }

  @Test func elementsAreThoseOfNumPy() throws {
    let bytes = try fixture("types.safetensors")
    let expected = try expected()
    for tensor in try SafetensorsIndex(bytes).tensors {
      guard let type = tensor.type, let values = expected[tensor.name]?.values else { continue }
      let content = Array(bytes[tensor.bytes])
      let numbers = try #require(type.numbers(in: content))
      let theirs = try values.map { try #require(Double($0)) }
      #expect(numbers.count == theirs.count)
      for (ours, theirs) in zip(numbers, theirs) {
        #expect(ours.bitPattern == theirs.bitPattern || ours.isNaN && theirs.isNaN, "\(type): \(ours), \(theirs)")
      }
      let texts = try #require(type.texts(in: content))
      for (text, value) in zip(texts, values) {
        switch type {
        case .bool: #expect(text == (value == "1" ? "true" : "false"))
        // Beyond 2^53 too.
        case .u8, .i8, .u16, .i16, .u32, .i32, .u64, .i64: #expect(text == value)
        case .f64: #expect(Double(text) == Double(value) || text == "nan" && value == "nan", "\(text), \(value)")
        default: #expect(Float(text) == Float(value) || text == "nan" && value == "nan", "\(type): \(text), \(value)")
        }
      }
    }
  }

  @Test func aTypeOfALaterVersionIsListed() throws {
    let header =
      #"{"q":{"dtype":"Q4_K","shape":[2,32],"data_offsets":[0,36]},"w":{"dtype":"F32","shape":[1],"data_offsets":[36,40]}}"#
    let bytes =
      withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) } + Array(header.utf8)
      + [UInt8](repeating: 0, count: 40)
    let index = try SafetensorsIndex(bytes)
    let tensor = try #require(index["q"])
    #expect(tensor.type == nil && tensor.typeName == "Q4_K" && tensor.shape == [2, 32] && tensor.bytes.count == 36)
    let folder = try TemporaryFolder()
    try publish(bytes, to: folder("q.safetensors"))
    let surveys = try SafetensorsFile(folder("q.safetensors")).survey()
    #expect(surveys[0] == nil && surveys[1]?.statistics.count == 1)
    let error = #expect(throws: CheckpointError.self) { try TensorFile(contentsOf: folder("q.safetensors")) }
    #expect(error?.description.contains("damaged") == false && error?.description.contains("Q4_K") == true)
  }

  @Test func weightsOfSixteenBitsAreExactAndDoublesAreRounded() throws {
    for (name, type) in [("half", ElementType.f16), ("bfloat16", .bf16)] {
      let bytes = try fixture("\(name).safetensors")
      let file = try Safetensors.decode(bytes)
      #expect(file.rounded == [] && !file.tensors.isEmpty)
      for tensor in try SafetensorsIndex(bytes).tensors {
        let values = try #require(file.tensors.first { $0.name == tensor.name }?.values)
        #expect(type.numbers(in: Array(bytes[tensor.bytes])) == values.map(Double.init))
      }
    }
    let bytes = try fixture("double.safetensors")
    let file = try Safetensors.decode(bytes)
    #expect(file.rounded == file.tensors.map(\.name))
    for tensor in try SafetensorsIndex(bytes).tensors {
      let values = try #require(file.tensors.first { $0.name == tensor.name }?.values)
      #expect(ElementType.f64.numbers(in: Array(bytes[tensor.bytes]))?.map { Float($0) } == values)
    }
    #expect(try Safetensors.decode(fixture("float64.safetensors")).rounded == [])
  }

  @Test func aDoubleThatNoWeightCanBeIsRefused() throws {
    let header = #"{"w":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}"#
    let bytes =
      withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) } + Array(header.utf8)
      + withUnsafeBytes(of: 1e300) { Array($0) }
    #expect(throws: CheckpointError.outOfRange(tensor: "w", value: 1e300)) { try Safetensors.decode(bytes) }
  }
}
