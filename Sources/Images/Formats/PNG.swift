import CImageCodecs

extension ImageFormat {
  static let png = ImageFormat(
    name: "PNG", suffixes: [".png"], magic: [0x89, 0x50, 0x4E, 0x47], readLayout: codec_png_layout,
    decode: codec_png_decode,
    exif: { pngChunk("eXIf", beginning: [], of: $0) },
    xmp: { pngChunk("iTXt", beginning: xmpKeyword, of: $0).flatMap(textOfXMP) })
}

/// The keyword of XMP, uncompressed as it has to be (XMP specification part 3, section 1.1.5).
private let xmpKeyword = Array("XML:com.adobe.xmp\0\0\0".utf8)

/// Behind a language and a translated keyword, of which there are none in XMP, each ended by a zero.
private func textOfXMP(_ rest: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
  guard let language = rest.firstIndex(of: 0), let translated = rest[(language + 1)...].firstIndex(of: 0) else {
    return nil
  }
  return rest[(translated + 1)...]
}

/// What follows `start` in the first chunk of a kind that begins so: eXIf (PNG, third edition, section 11.3.3.6), iTXt.
private func pngChunk(_ kind: String, beginning start: [UInt8], of bytes: [UInt8]) -> ArraySlice<UInt8>? {
  let file = Integers(bytes: bytes[...], isBigEndian: true)
  let name = kind.utf8.reduce(0) { $0 << 8 | Int($1) }
  var position = 8
  // The decoder refuses files of more chunks than a million.
  for _ in 0..<1_000_000 {
    guard let length = file.read(4, at: position), let found = file.read(4, at: position + 4) else { return nil }
    if found == name, let content = file.slice(position + 8, length), content.starts(with: start) {
      return content.dropFirst(start.count)
    }
    position += 12 + length
  }
  return nil
}
