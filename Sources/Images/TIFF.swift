/// The number of the Orientation in the first directory of a TIFF block (TIFF 6.0, section 2); nil if there is none that
/// can be read. Reads nothing outside of the block, whatever the lengths and offsets in it claim.
func orientationNumber(inTIFF block: ArraySlice<UInt8>) -> Int? {
  let isBigEndian = block.starts(with: [0x4D, 0x4D, 0, 42])
  guard isBigEndian || block.starts(with: [0x49, 0x49, 42, 0]) else { return nil }
  let tiff = Integers(bytes: block, isBigEndian: isBigEndian)
  guard let directory = tiff.read(4, at: 4), let count = tiff.read(2, at: directory) else { return nil }
  for index in 0..<count {
    let entry = directory + 2 + 12 * index
    guard let tag = tiff.read(2, at: entry) else { return nil }
    guard tag == 0x0112 else { continue }
    guard let kind = tiff.read(2, at: entry + 2), let values = tiff.read(4, at: entry + 4) else { return nil }
    // SHORT and LONG, signed or not, as far as they lie in the entry itself.
    let size = [3: 2, 8: 2, 4: 4, 9: 4][kind]
    guard let size, values >= 1, values * size <= 4 else { return nil }
    return tiff.read(size, at: entry + 8)
  }
  return nil
}

/// Unsigned integers at offsets that may lie anywhere.
struct Integers {
  let bytes: ArraySlice<UInt8>
  let isBigEndian: Bool

  /// nil outside of the bytes.
  func read(_ width: Int, at offset: Int) -> Int? {
    guard let digits = slice(offset, width) else { return nil }
    return isBigEndian
      ? digits.reduce(0) { $0 << 8 | Int($1) }
      : digits.reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  func slice(_ offset: Int, _ count: Int) -> ArraySlice<UInt8>? {
    guard offset >= 0, count >= 0, offset <= bytes.count, count <= bytes.count - offset else { return nil }
    let start = bytes.startIndex + offset
    return bytes[start..<start + count]
  }
}
