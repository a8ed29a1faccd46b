/// An image of 8-bit red, green and blue, interleaved and row-major: height x width x 3 bytes.
public struct RGBImage: Sendable, Equatable {
  public let width: Int
  public let height: Int
  public let pixels: [UInt8]
}

/// Decodes a whole image file, recognised by its first bytes. EXIF orientation is left to `loadPlanes`.
///
/// Colours are those that the file stores: gamma and colour profiles are not applied. Transparent pixels are laid over
/// the reading's background. 16 bits are scaled to 8 by v / 257, rounded; CMYK becomes (1 - C)(1 - K), (1 - M)(1 - K), (1 - Y)(1 - K).
/// Of an animated PNG, the default image.
///
/// - Parameter reading: of which only `alpha` counts here.
/// - Throws: `ImageError`, also when only the last byte is missing: never part of an image.
public func decodeImage(
  _ bytes: [UInt8], as reading: ImageReading = ImageReading(), limits: DecodeLimits = .standard
) throws(ImageError) -> RGBImage {
  let format = try ImageFormat(of: bytes)
  let layout = try ImageLayout(of: bytes, as: format, reading, limits: limits)
  try limits.check(layout.decodingMemory, for: layout)
  let raster = try Raster(decoding: bytes, as: format, reading, layout)
  return RGBImage(width: raster.width, height: raster.height, pixels: raster.interleavedRGB())
}

/// Decoded pixels: height x width x channels bytes. One channel is gray, three are red, green, blue.
struct Raster {
  let width: Int
  let height: Int
  /// How many columns and rows the stored image covers. Where it was reduced, its last pixels may be covered in part.
  let widthCovered: Double
  let heightCovered: Double
  let channels: Int
  let pixels: PixelMemory
  /// Some pixel was not opaque.
  var isTransparent = false

  func interleavedRGB() -> [UInt8] {
    pixels.withSpan { pixels in
      guard channels == 1 else { return pixels.withUnsafeBufferPointer { Array($0) } }
      var result = [UInt8](repeating: 0, count: 3 * pixels.count)
      for index in pixels.indices {
        for channel in 0..<3 { result[3 * index + channel] = pixels[index] }
      }
      return result
    }
  }
}
