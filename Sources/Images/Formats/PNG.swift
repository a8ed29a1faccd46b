import CImageCodecs

extension ImageFormat {
  static let png = ImageFormat(
    name: "PNG", suffixes: [".png"], magic: [0x89, 0x50, 0x4E, 0x47], readLayout: codec_png_layout,
    decode: codec_png_decode, exif: pngExif)
}

/// The content of the eXIf chunk (PNG, third edition, section 11.3.3.6).
private func pngExif(_ bytes: [UInt8]) -> ArraySlice<UInt8>? {
  let file = Integers(bytes: bytes[...], isBigEndian: true)
  let name = 0x6558_4966
  var position = 8
  // The decoder refuses files of more chunks than a million.
  for _ in 0..<1_000_000 {
    guard let length = file.read(4, at: position), let kind = file.read(4, at: position + 4) else { return nil }
    if kind == name { return file.slice(position + 8, length) }
    position += 12 + length
  }
  return nil
}
