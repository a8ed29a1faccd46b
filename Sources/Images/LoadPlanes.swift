import DurableFiles

/// Which pixels `loadPlanes` makes of a file: to be raised when it comes to make others, so that none of before are
/// taken for its own.
public let decodingVersion = 1

/// Reads a PNG or JPEG file, turns it upright as its EXIF orientation says, and resamples it to 256 x 256.
///
/// A link is followed. A pipe, device or folder is refused without waiting for it. Any number of threads may load at once.
///
/// - Throws: `ImageError`, which tells a missing file, an unreadable, truncated, corrupt, unsupported and too large one apart.
public func loadPlanes(path: String, limits: DecodeLimits = .standard) throws(ImageError) -> ImagePlanes {
  let bytes: [UInt8]
  do {
    bytes = try readFile(path, limit: limits.fileBytes)
  } catch {
    throw ImageError(error)
  }
  let format = try ImageFormat(of: bytes)
  let raster = try Raster(decoding: bytes, as: format, limits: limits)
  return ImagePlanes(resampling: raster.oriented(Orientation(readFrom: bytes, as: format)))
}
