/// The eight symmetries of a rectangle: every way to show an image that keeps its pixels and its right angles.
///
/// They are numbered as EXIF's Orientation is (tag 0x0112): what is to be done with the stored pixels so that the
/// picture is seen upright. Augmentation and evaluation show images by the same eight.
public enum Symmetry: Int, Sendable, Hashable, CaseIterable, Codable {
  case identity = 1
  /// Left and right change places.
  case mirrored
  case halfTurn
  /// Top and bottom change places.
  case flipped
  /// Rows become columns.
  case transposed
  /// Turned by a quarter.
  case clockwise
  /// Transposed over the other diagonal.
  case transversed
  case counterClockwise

  /// All eight, the identity first, the turns without a mirror before those with one. An average over symmetries is
  /// summed in this order, and its bits depend on the order.
  public static let all: [Symmetry] = [
    .identity, .counterClockwise, .halfTurn, .clockwise, .mirrored, .transposed, .flipped, .transversed,
  ]

  /// Mirrored or not, and then turned counter-clockwise by any number of quarters; a negative number turns clockwise.
  public init(isMirrored: Bool, quarterTurns: Int) {
    self = Self.all[(isMirrored ? 4 : 0) + quarterTurns & 3]
  }

  /// The flips first, then the turns, counter-clockwise. Sixteen descriptions, two of each symmetry.
  public init(isFlippedHorizontally: Bool, isFlippedVertically: Bool, quarterTurns: Int) {
    // Upside down is mirrored and turned by a half.
    self.init(
      isMirrored: isFlippedHorizontally != isFlippedVertically,
      quarterTurns: quarterTurns + (isFlippedVertically ? 2 : 0))
  }

  /// Whether width and height change places.
  public var swapsSides: Bool { rawValue >= Self.transposed.rawValue }

  public func applied(to image: ImagePlanes) -> ImagePlanes {
    guard self != .identity else { return image }
    let side = ImagePlanes.side
    let walk = walk(width: side, height: side)
    var turned = image.planes
    for plane in stride(from: 0, to: turned.count, by: ImagePlanes.planeSize) {
      for row in 0..<side {
        let start = plane + walk.start + row * walk.down
        for column in 0..<side {
          turned[plane + row * side + column] = image.planes[start + column * walk.across]
        }
      }
    }
    return ImagePlanes(planes: turned)
  }

  /// Where each pixel of the result comes from, in an image of this width and height.
  func walk(width: Int, height: Int) -> Walk {
    let right = width - 1
    let bottom = (height - 1) * width
    return switch self {
    case .identity: Walk(start: 0, down: width, across: 1)
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
