import DurableFiles

/// An image as a network reads it: 3 x 256 x 256 bytes, [channel][row][column].
public struct ImagePlanes: Sendable, Equatable {
  /// Rows and columns.
  public static let side = 256
  public static let byteCount = 3 * side * side

  public var bytes: [UInt8]

  public init(bytes: [UInt8]) {
    precondition(bytes.count == ImagePlanes.byteCount, "3 x 256 x 256 bytes")
    self.bytes = bytes
  }

  /// Resizes to 256 x 256, whatever the shape was, as `Image.resize((256, 256), Image.BILINEAR)` does.
  public init(_ image: RGBImage) {
    let side = ImagePlanes.side
    let across = image.width == side ? nil : Resampling(from: image.width, to: side)
    let down = image.height == side ? nil : Resampling(from: image.height, to: side)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(ImagePlanes.byteCount)
    for channel in 0..<3 {
      if channel > 0 && image.isGray {
        bytes += bytes[..<(side * side)]
      } else {
        bytes += Plane(image, channel: channel).resized(across: across, down: down).bytes
      }
    }
    self.bytes = bytes
  }
}

/// Reads, decodes, orients and resizes one image.
///
/// - Throws: `ImageError`; files that are not regular are refused without waiting for them.
public func loadPlanes(path: String, limits: DecodeLimits = .standard) throws(ImageError) -> ImagePlanes {
  let bytes: [UInt8]
  do { bytes = try readFile(path, limit: limits.fileBytes) } catch { throw .unreadable(error) }
  let image = try decodeImage(bytes, limits: limits)
  let isJPEG = bytes.first == 0xFF
  return ImagePlanes(isJPEG ? Orientation(jpeg: bytes).applied(to: image) : image)
}

/// The symmetries of the square.
extension ImagePlanes {
  public func flippedHorizontally() -> ImagePlanes {
    rearranged { row, column in (row, ImagePlanes.side - 1 - column) }
  }
  public func flippedVertically() -> ImagePlanes { rearranged { row, column in (ImagePlanes.side - 1 - row, column) } }

  /// Turned counterclockwise by a number of quarters.
  public func rotated(quarterTurns: Int) -> ImagePlanes {
    let last = ImagePlanes.side - 1
    switch ((quarterTurns % 4) + 4) % 4 {
    case 1: return rearranged { row, column in (column, last - row) }
    case 2: return rearranged { row, column in (last - row, last - column) }
    case 3: return rearranged { row, column in (last - column, row) }
    default: return self
    }
  }

  /// The image whose pixel at (row, column) is this one's at `source(row, column)`.
  @inline(__always)
  private func rearranged(_ source: (Int, Int) -> (Int, Int)) -> ImagePlanes {
    let side = ImagePlanes.side
    var result = [UInt8](repeating: 0, count: ImagePlanes.byteCount)
    for channel in 0..<3 {
      let plane = channel * side * side
      for row in 0..<side {
        for column in 0..<side {
          let (fromRow, fromColumn) = source(row, column)
          result[plane + row * side + column] = bytes[plane + fromRow * side + fromColumn]
        }
      }
    }
    return ImagePlanes(bytes: result)
  }
}
