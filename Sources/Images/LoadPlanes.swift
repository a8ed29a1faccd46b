import DurableFiles

/// The version of the rules by which `loadPlanes` makes pixels of a file, whatever the reading. It is raised when the
/// rules change, so that pixels which were kept under the old rules are not taken for those of the new ones.
public let decodingVersion = 2

/// Reads an image file, turns it upright as its EXIF orientation says or else its XMP, and resamples it to 256 x 256.
///
/// A link is followed. A pipe, device or folder is refused without waiting for it. Any number of threads may load at once.
///
/// - Parameters:
///   - reading: what else decides the pixels.
///   - memory: shared by all who load at the same time; waited for.
///   - meter: notes what it takes.
/// - Throws: `ImageError`, which tells a missing file, an unreadable, truncated, corrupt, unsupported and too large one
///   apart from a disk that fails and from memory that is short.
public func loadPlanes(
  path: String, as reading: ImageReading = ImageReading(), limits: DecodeLimits = .standard,
  memory: DecodeMemory = .standard, meter: LoadMeter = LoadMeter()
) throws(ImageError) -> LoadedImage {
  let bytes: [UInt8]
  do {
    bytes = try meter.measureReading { () throws(FileError) in try readFile(path, limit: limits.fileBytes) }
  } catch {
    throw ImageError(error)
  }
  let format = try ImageFormat(of: bytes)
  var layout = try ImageLayout(of: bytes, as: format, reading, limits: limits)
  if reading.scaling { layout = layout.reduced(for: reading.resize, as: format) }
  let orientation = format.orientation(of: bytes, reading)
  let needed = layout.decodingMemory + ImagePlanes.workingMemory(resampling: layout)
  try limits.check(needed, for: layout)
  var notes = ImageNotes(
    format: format.name, width: layout.width, height: layout.height, symmetry: orientation, reduction: layout.reduction)
  let planes = try memory.using(needed) { [layout] () throws(ImageError) in
    try meter.measureDecoding { () throws(ImageError) in
      let raster = try Raster(decoding: bytes, as: format, reading, layout)
      notes.isTransparent = raster.isTransparent
      return ImagePlanes(resampling: raster, seen: orientation, as: reading)
    }
  }
  return LoadedImage(planes, notes: notes)
}
