/// An array as NumPy keeps it in a file: a `.npy`, or a member of a `.npz`.
///
/// NumPy Enhancement Proposal 1, "A simple file format for NumPy arrays", version 1.0 of the format.
public enum NumPyArray {
  /// What a file can be of.
  public enum ElementType: String, Sendable, CaseIterable {
    case bool = "|b1"
    case uint8 = "|u1"
    case int8 = "|i1"
    case uint16 = "<u2"
    case int16 = "<i2"
    case uint32 = "<u4"
    case int32 = "<i4"
    case uint64 = "<u8"
    case int64 = "<i8"
    case float16 = "<f2"
    case float32 = "<f4"
    case float64 = "<f8"
    case complex64 = "<c8"

    /// Bytes of one value.
    public var size: Int {
      switch self {
      case .bool, .uint8, .int8: 1
      case .uint16, .int16, .float16: 2
      case .uint32, .int32, .float32: 4
      case .uint64, .int64, .float64, .complex64: 8
      }
    }
  }

  /// The file's bytes before the values, which follow in row-major order, little-endian.
  ///
  /// - Parameter shape: empty for a single value. Its length times some 20 bytes must be below 64 KiB, which any shape of
  ///   a tensor is.
  public static func header(shape: [Int], type: ElementType = .float32) -> [UInt8] {
    header(shape: shape, description: type.rawValue)
  }

  /// - Parameter description: of the type of the elements, as `numpy.dtype.str` has it.
  static func header(shape: [Int], description: String) -> [UInt8] {
    let sides = shape.map { "\($0)" }.joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var text = Array("{'descr': '\(description)', 'fortran_order': False, 'shape': (\(sides)), }".utf8)
    // The values begin at a multiple of 64 bytes, and the header ends with a new line.
    let beginning = 10
    text += [UInt8](repeating: UInt8(ascii: " "), count: -(beginning + text.count + 1) & 63)
    text.append(UInt8(ascii: "\n"))
    precondition(text.count < 1 << 16, "the shape of an array has few sides")
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.count & 255), UInt8(text.count >> 8)] + text
  }

  /// A whole file of single-precision values in row-major order.
  /// - Parameter values: as many as the shape holds.
  public static func bytes(_ values: [Float], shape: [Int]) -> [UInt8] {
    precondition(shape.reduce(1, *) == values.count, "an array has as many values as its shape holds")
    // Both x86-64 and AArch64 are little-endian: memory is the file's order.
    return header(shape: shape) + values.withUnsafeBytes { Array($0) }
  }
}
