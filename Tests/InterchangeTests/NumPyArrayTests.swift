import Interchange
import Testing

@Suite struct NumPyArrayTests {
  /// The bytes of `numpy.save` for the same arrays (NumPy 2.4): the header is compared as text.
  @Test(
    arguments: [
      ([2, 3], NumPyArray.ElementType.float32, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"),
      ([5], .float64, "{'descr': '<f8', 'fortran_order': False, 'shape': (5,), }"),
      ([], .int64, "{'descr': '<i8', 'fortran_order': False, 'shape': (), }"),
    ]) func header(shape: [Int], type: NumPyArray.ElementType, text: String)
  {
    let header = NumPyArray.header(shape: shape, type: type)
    #expect(header.count % 64 == 0)
    #expect(Array(header[..<8]) == [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0])
    #expect(Int(header[8]) + Int(header[9]) << 8 == header.count - 10)
    #expect(header.last == UInt8(ascii: "\n"))
    #expect(String(decoding: header[10...].prefix(text.utf8.count), as: UTF8.self) == text)
    #expect(header[(10 + text.utf8.count)...].dropLast().allSatisfy { $0 == UInt8(ascii: " ") })
  }

  @Test func valuesFollowInTheirOrder() {
    let bytes = NumPyArray.bytes([1, -2, 0.5, 0], shape: [2, 2])
    #expect(bytes.count == 128 + 16)
    #expect(Array(bytes.suffix(16)) == [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0, 0, 0, 0, 0x3F, 0, 0, 0, 0])
  }
}
