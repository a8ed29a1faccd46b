import Checkpoints
import DurableFiles
import Interchange

/// A tensor as a file of its own, for other programs.
enum TensorExport: String, CaseIterable {
  /// An array of NumPy's.
  case npy
  /// The last dimension is a line, values in the shortest decimal that reads back as the same bits.
  case csv

  /// By the ending of a file's name.
  init(path: String) throws(CommandFailure) {
    for format in Self.allCases where ByteText(path).hasSuffix(".\(format.rawValue)") {
      self = format
      return
    }
    throw CommandFailure("--output ends in .npy or .csv, which says how the tensor is written: \(path)", .usage)
  }

  func bytes(of tensor: CheckpointTensor) throws -> [UInt8] {
    switch self {
    case .npy: try Self.npy(tensor)
    case .csv: try Self.csv(tensor)
    }
  }

  /// The elements as they lie in the file. BF16, which NumPy does not have, becomes single precision, which holds it exactly.
  private static func npy(_ tensor: CheckpointTensor) throws -> [UInt8] {
    let place = tensor.place
    guard place.shape.count <= 64 else {
      throw CommandFailure(
        "`\(place.name)` has \(place.shape.count) dimensions, and NumPy's arrays have 64 at most", .badData)
    }
    let content = try tensor.file.bytes(of: place)
    if place.type == .bf16 {
      // A half of a single: its upper two bytes.
      var bytes = NumPyArray.header(shape: place.shape, type: .float32)
      for start in stride(from: 0, to: content.count, by: 2) { bytes += [0, 0, content[start], content[start + 1]] }
      return bytes
    }
    guard let type = place.type.flatMap(\.numPy) else {
      throw CommandFailure(
        "`\(place.name)` has elements of type \(place.typeName), which NumPy does not have", .badData)
    }
    return NumPyArray.header(shape: place.shape, type: type) + content
  }

  private static func csv(_ tensor: CheckpointTensor) throws -> [UInt8] {
    let type = try tensor.numericType(to: "write as text")
    let place = tensor.place
    let row = max(place.shape.count > 1 ? place.shape[place.shape.count - 1] : 1, 1)
    var text: [UInt8] = []
    var written = 0
    let atOnce = 1 << 16
    for start in stride(from: 0, to: place.count, by: atOnce) {
      let bytes = try tensor.file.bytes(of: place, type, elements: start..<min(start + atOnce, place.count))
      for value in type.texts(in: bytes) ?? [] {
        written += 1
        text.append(contentsOf: value.utf8)
        text.append(UInt8(ascii: written.isMultiple(of: row) ? "\n" : ","))
      }
    }
    return text
  }
}

extension Checkpoints.ElementType {
  /// What NumPy calls the type; nil for one that it does not have.
  fileprivate var numPy: NumPyArray.ElementType? {
    switch self {
    case .bool: .bool
    case .u8: .uint8
    case .i8: .int8
    case .u16: .uint16
    case .i16: .int16
    case .u32: .uint32
    case .i32: .int32
    case .u64: .uint64
    case .i64: .int64
    case .f16: .float16
    case .f32: .float32
    case .f64: .float64
    case .c64: .complex64
    default: nil
    }
  }
}
