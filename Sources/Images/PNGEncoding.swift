import CImageCodecs

/// The bytes of a PNG file.
///
/// - Parameters:
///   - pixels: height x width x channels bytes, row by row.
///   - channels: 1 for gray, 3 for red, green and blue.
/// - Throws: `.noMemory`.
public func encodePNG(
  _ pixels: [UInt8], width: Int, height: Int, channels: Int
) throws(ImageError) -> [UInt8] {
  precondition(width > 0 && height > 0 && (channels == 1 || channels == 3), "an image has pixels")
  precondition(pixels.count == width * height * channels, "as many bytes as the image has samples")
  let layout = codec_layout(
    width: UInt32(width), height: UInt32(height), channels: UInt32(channels), reduction: 1, working: 0)
  var file = codec_buffer()
  let status = pixels.withUnsafeBufferPointer { pixels in
    codec_png_encode(pixels.baseAddress, layout, &file, codec_message(text: nil, capacity: 0))
  }
  defer { codec_free(&file) }
  guard status == .ok else { throw .noMemory(bytes: nil) }
  return Array(UnsafeBufferPointer(start: file.start, count: file.count))
}
