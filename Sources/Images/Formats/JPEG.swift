import CImageCodecs

extension ImageFormat {
  static let jpeg = ImageFormat(
    name: "JPEG", suffixes: [".jpg", ".jpeg", ".jpe", ".jfif"], magic: [0xFF, 0xD8], readLayout: codec_jpeg_layout,
    decode: codec_jpeg_decode, reductions: [1, 2, 4, 8],
    exif: { jpegSegment(beginning: exifName, of: $0) }, xmp: { jpegSegment(beginning: xmpName, of: $0) })
}

/// What an APP1 segment with a TIFF block begins with (JEITA CP-3451, section 4.7.2).
private let exifName = Array("Exif\0\0".utf8)
/// And one with XMP (XMP specification part 3, section 1.1.3).
private let xmpName = Array("http://ns.adobe.com/xap/1.0/\0".utf8)

/// What follows `name` in the first APP1 segment that begins so.
private func jpegSegment(beginning name: [UInt8], of bytes: [UInt8]) -> ArraySlice<UInt8>? {
  let file = Integers(bytes: bytes[...], isBigEndian: true)
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
