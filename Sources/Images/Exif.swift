extension Orientation {
  /// What the EXIF block of a file says; upright if there is none, or none that can be read. Reads nothing outside of
  /// `bytes`, whatever the lengths and offsets in them claim.
  init(readFrom bytes: [UInt8], as format: ImageFormat) {
    let block =
      switch format {
      case .png: pngExif(bytes)
      case .jpeg: jpegExif(bytes)
      }
    self = block.flatMap(tiffOrientation).flatMap(Orientation.init(rawValue:)) ?? .upright
  }
}

/// The TIFF block in the first APP1 segment that begins with `Exif` (JEITA CP-3451, section 4.7.2).
private func jpegExif(_ bytes: [UInt8]) -> ArraySlice<UInt8>? {
  let file = Integers(bytes: bytes[...], isBigEndian: true)
  let name: [UInt8] = [0x45, 0x78, 0x69, 0x66, 0, 0]
  var position = 2
  while let byte = file.read(1, at: position), let marker = file.read(1, at: position + 1) {
    // Fill bytes, and what decoders skip as garbage between segments.
    guard byte == 0xFF, marker != 0xFF, marker != 0 else {
      position += 1
      continue
    }
    let isStartOfScan = marker == 0xDA
    let isEndOfImage = marker == 0xD9
    if isStartOfScan || isEndOfImage { return nil }
    let standsAlone = (0xD0...0xD8).contains(marker) || marker == 0x01
    let length = standsAlone ? 0 : file.read(2, at: position + 2) ?? 0
    let segment = file.slice(position + 4, length - 2)
    if marker == 0xE1, let segment, segment.starts(with: name) { return segment.dropFirst(name.count) }
    position += 2 + length
  }
  return nil
}

/// The content of the eXIf chunk (PNG, third edition, section 11.3.3.6).
private func pngExif(_ bytes: [UInt8]) -> ArraySlice<UInt8>? {
  let file = Integers(bytes: bytes[...], isBigEndian: true)
  let name = 0x6558_4966
  var position = 8
  while let length = file.read(4, at: position), let kind = file.read(4, at: position + 4) {
    if kind == name { return file.slice(position + 8, length) }
    position += 12 + length
  }
  return nil
}

/// The Orientation in the first directory of a TIFF block (TIFF 6.0, section 2).
private func tiffOrientation(_ block: ArraySlice<UInt8>) -> Int? {
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
private struct Integers {
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
