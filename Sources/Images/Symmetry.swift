/// The eight symmetries of a rectangle, numbered as EXIF's Orientation (tag 0x0112): what to do with the stored pixels
/// to see the picture upright.
enum Orientation: Int {
  case upright = 1
  case mirrored, halfTurn, flipped
  case transposed, clockwise, transversed, counterClockwise

  /// Whether width and height change places.
  var swapsSides: Bool { rawValue >= Self.transposed.rawValue }

  /// Where each pixel of the result comes from.
  func walk(width: Int, height: Int) -> Walk {
    let right = width - 1
    let bottom = (height - 1) * width
    return switch self {
    case .upright: Walk(start: 0, down: width, across: 1)
    case .mirrored: Walk(start: right, down: width, across: -1)
    case .halfTurn: Walk(start: bottom + right, down: -width, across: -1)
    case .flipped: Walk(start: bottom, down: -width, across: 1)
    case .transposed: Walk(start: 0, down: 1, across: width)
    case .clockwise: Walk(start: bottom, down: 1, across: -width)
    case .transversed: Walk(start: bottom + right, down: -1, across: -width)
    case .counterClockwise: Walk(start: right, down: -1, across: width)
    }
  }
}

/// A tour through the pixels of an image: the index of the first, and the steps to the next row and column.
struct Walk {
  let start: Int
  let down: Int
  let across: Int
}

extension Raster {
  func oriented(_ orientation: Orientation) -> Raster {
    guard orientation != .upright else { return self }
    let walk = orientation.walk(width: width, height: height)
    let (rows, columns) = orientation.swapsSides ? (width, height) : (height, width)
    var result = [UInt8](repeating: 0, count: pixels.count)
    let samples = pixels.span
    var next = 0
    for row in 0..<rows {
      for column in 0..<columns {
        let pixel = channels * (walk.start + row * walk.down + column * walk.across)
        for sample in pixel..<pixel + channels {
          result[next] = samples[sample]
          next += 1
        }
      }
    }
    return Raster(width: columns, height: rows, channels: channels, pixels: result)
  }
}
