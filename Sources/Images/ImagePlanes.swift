/// A square image as networks take it: 3 x 256 x 256 bytes, [channel][row][column], red, green, blue.
///
/// Of a gray image, whose channels are equal, one plane is kept: a third of the memory, and of every later work.
public struct ImagePlanes: Sendable, Equatable {
  public static let side = 256
  public static let planeSize = side * side

  /// One plane of 256 x 256 bytes if the image is gray, else three.
  public let planes: [UInt8]

  /// - Parameter planes: one, for a gray image, or three; three that are equal become one.
  /// - Precondition: they have 256 x 256 bytes each.
  public init(planes: [UInt8]) {
    let size = Self.planeSize
    precondition(Self.sizes.contains(planes.count), "an image has one or three planes of 256 x 256 bytes")
    let isGray = planes.count == size || Self.areEqual(planes)
    self.planes = isGray && planes.count > size ? Array(planes[..<size]) : planes
  }

  private static let sizes = [planeSize, 3 * planeSize]

  /// - Returns: nil unless there are one or three planes.
  public init?(checking planes: [UInt8]) {
    guard Self.sizes.contains(planes.count) else { return nil }
    self.init(planes: planes)
  }

  private static func areEqual(_ planes: [UInt8]) -> Bool {
    let red = planes[..<planeSize]
    return red.elementsEqual(planes[planeSize..<2 * planeSize]) && red.elementsEqual(planes[(2 * planeSize)...])
  }

  public var isGray: Bool { planes.count == Self.planeSize }

  /// All three channels, 3 x 256 x 256.
  public var bytes: [UInt8] { isGray ? planes + planes + planes : planes }
}
