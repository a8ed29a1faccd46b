import CImageCodecs

/// A decoded image: 8-bit RGB, interleaved, row by row.
///
/// Alpha is dropped, not blended; 16-bit channels are scaled to 8; gamma and profiles are ignored: as Pillow
/// converts to RGB. CMYK is multiplied out.
public struct RGBImage: Sendable, Equatable {
  public let width: Int
  public let height: Int
  /// width * height * 3 bytes.
  public let pixels: [UInt8]
  /// The file has one channel, so that all three are equal.
  public let isGray: Bool

  public init(width: Int, height: Int, pixels: [UInt8], isGray: Bool = false) {
    precondition(pixels.count == width * height * 3, "three bytes a pixel")
    self.width = width
    self.height = height
    self.pixels = pixels
    self.isGray = isGray
  }
}

/// Decodes a PNG or JPEG file, told apart by its first bytes.
///
/// - Throws: `ImageError`; an image that is not whole is never returned.
public func decodeImage(_ bytes: [UInt8], limits: DecodeLimits = .standard) throws(ImageError) -> RGBImage {
  if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
    return try decode(bytes, limits, by: kiln_decode_png)
  }
  if bytes.starts(with: [0xFF, 0xD8]) { return try decode(bytes, limits, by: kiln_decode_jpeg) }
  throw .notAnImage
}

private typealias Codec = (
  UnsafePointer<UInt8>?, Int, kiln_image_limits, UnsafeMutablePointer<kiln_image>?, UnsafeMutablePointer<CChar>?
) -> kiln_image_status

/// The one place where an image's raw memory is seen.
private func decode(_ bytes: [UInt8], _ limits: DecodeLimits, by codec: Codec) throws(ImageError) -> RGBImage {
  var image = kiln_image()
  var message = [CChar](repeating: 0, count: Int(kiln_message_size))
  let bounds = kiln_image_limits(
    longest_side: UInt32(clamping: limits.longestSide), most_pixels: UInt64(clamping: limits.pixels))
  let status = codec(bytes, bytes.count, bounds, &image, &message)
  defer { kiln_image_free(&image) }
  guard status == kiln_image_ok, let pixels = image.pixels else {
    throw error(
      status, reason: String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
  }
  let (width, height) = (Int(image.width), Int(image.height))
  return RGBImage(
    width: width, height: height, pixels: Array(UnsafeBufferPointer(start: pixels, count: width * height * 3)),
    isGray: image.is_gray != 0)
}

private func error(_ status: kiln_image_status, reason: String) -> ImageError {
  switch status {
  case kiln_image_truncated: .truncated(reason: reason)
  case kiln_image_unsupported: .unsupported(reason: reason)
  case kiln_image_too_large: .tooLarge(reason: reason)
  case kiln_image_out_of_memory: .outOfMemory
  default: .corrupt(reason: reason)
  }
}
