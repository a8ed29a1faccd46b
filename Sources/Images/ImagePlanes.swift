/// A square image as networks take it: 3 x 256 x 256 bytes, [channel][row][column], red, green, blue.
public struct ImagePlanes: Sendable, Equatable {
  public static let side = 256

  public let bytes: [UInt8]

  /// - Precondition: `bytes` has 3 x 256 x 256 elements.
  public init(bytes: [UInt8]) {
    precondition(bytes.count == 3 * Self.side * Self.side, "image planes have 3 x 256 x 256 bytes")
    self.bytes = bytes
  }

  /// Left and right change places.
  public func flippedHorizontally() -> ImagePlanes { oriented(.mirrored) }

  /// Top and bottom change places.
  public func flippedVertically() -> ImagePlanes { oriented(.flipped) }

  /// Turned counter-clockwise by any number of quarters; a negative number turns clockwise.
  public func rotated(quarterTurns: Int) -> ImagePlanes {
    switch quarterTurns & 3 {
    case 1: oriented(.counterClockwise)
    case 2: oriented(.halfTurn)
    case 3: oriented(.clockwise)
    default: self
    }
  }

  private func oriented(_ orientation: Orientation) -> ImagePlanes {
    let side = Self.side
    let walk = orientation.walk(width: side, height: side)
    var turned = bytes
    for channel in 0..<3 {
      let plane = channel * side * side
      for row in 0..<side {
        let start = plane + walk.start + row * walk.down
        for column in 0..<side {
          turned[plane + row * side + column] = bytes[start + column * walk.across]
        }
      }
    }
    return ImagePlanes(bytes: turned)
  }
}
