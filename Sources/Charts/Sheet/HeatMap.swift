/// Numbers laid over a gray picture: red where they are above zero, blue where they are below, stronger the farther.
///
/// The colours are those of the charts, which can be told apart by those who do not see all colours.
public struct HeatMap: Sendable {
  private static let above = Canvas.Colour(0xD5_5E00)
  private static let below = Canvas.Colour(0x00_72B2)
  /// The picture is shown paler, so that colours are seen on it: a byte b as `lightest - (255 - b) * contrast`.
  private static let (lightest, contrast) = (250.0, 0.55)
  /// Of the full colour: the picture shines through.
  private static let opacity = 0.85
  /// Of the numbers by size: this one and all above it have the full colour. A few extreme pixels must not make all others
  /// invisible.
  private static let quantile = 0.995
  /// Pixels on each side over which numbers are averaged, twice: single pixels cannot be seen.
  private static let radius = 4

  private let side: Int
  private let values: [Double]
  /// The number that has the full colour.
  public let scale: Double

  /// - Parameter values: row after row, side x side of them. Those that are not finite count as zero.
  public init(_ values: [Float], side: Int) {
    self.side = side
    let numbers = values.map { $0.isFinite ? Double($0) : 0 }
    self.values = Self.averaged(Self.averaged(numbers, side), side)
    let sizes = self.values.map(abs).sorted()
    let place = Int((Double(sizes.count - 1) * Self.quantile).rounded())
    scale = sizes.isEmpty ? 0 : sizes[place]
  }

  /// Three planes, [channel][row][column].
  /// - Parameter planes: the picture below, one plane or three.
  public func drawn(over planes: [UInt8]) -> [UInt8] {
    let size = side * side
    var drawn = [UInt8](repeating: 0, count: 3 * size)
    for place in 0..<size {
      let gray = Self.lightest - (255 - Self.brightness(of: planes, at: place, size)) * Self.contrast
      let strength = scale > 0 ? min(abs(values[place]) / scale, 1) : 0
      let colour = values[place] < 0 ? Self.below : Self.above
      for (channel, value) in [colour.red, colour.green, colour.blue].enumerated() {
        drawn[channel * size + place] = UInt8((gray + (Double(value) - gray) * strength * Self.opacity).rounded())
      }
    }
    return drawn
  }

  /// ITU-R BT.601's luma.
  private static func brightness(of planes: [UInt8], at place: Int, _ size: Int) -> Double {
    guard planes.count > size else { return Double(planes[place]) }
    return 0.299 * Double(planes[place]) + 0.587 * Double(planes[size + place]) + 0.114
      * Double(planes[2 * size + place])
  }

  /// Means over squares; at the edge, over what there is of them.
  private static func averaged(_ values: [Double], _ side: Int) -> [Double] {
    func alongRows(_ values: [Double]) -> [Double] {
      var means = values
      for row in 0..<side {
        for column in 0..<side {
          let window = max(column - radius, 0)...min(column + radius, side - 1)
          means[column * side + row] = window.reduce(0) { $0 + values[row * side + $1] } / Double(window.count)
        }
      }
      return means
    }
    // Each pass turns rows into columns.
    return alongRows(alongRows(values))
  }
}
