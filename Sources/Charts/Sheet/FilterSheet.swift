/// The filters of a convolution as pictures: each weight is a square of whole pixels, and all of them share one scale.
public struct FilterSheet: Sendable {
  /// What one picture shows.
  public enum Pictures: String, Sendable {
    /// A filter of three input channels: they are its red, green and blue.
    case colours
    /// One input channel of a filter. The filters are rows, the channels columns.
    case channels
    /// The mean over a filter's input channels.
    case means
  }

  public let heading: String
  public let filters: Int
  public let channels: Int
  public let height: Int
  public let width: Int
  /// [filter][channel][row][column]
  private let weights: [Float]
  /// The size of the largest finite weight that is drawn: the ends of the scale. 1 if all are zero.
  public let limit: Float
  public let pictures: Pictures

  /// More pictures than this nobody looks at one by one.
  public static let mostPictures = 4096

  /// - Parameter weights: [filter][channel][row][column], none of them without elements.
  public init(heading: String, _ weights: [Float], filters: Int, channels: Int, height: Int, width: Int) {
    precondition(weights.count == filters * channels * height * width && !weights.isEmpty, "every weight has its place")
    (self.heading, self.height, self.width) = (heading, height, width)
    self.filters = min(filters, Self.mostPictures)
    if channels == 3 {
      pictures = .colours
    } else {
      pictures = channels * self.filters <= Self.mostPictures ? .channels : .means
    }
    let drawn = Array(weights.prefix(self.filters * channels * height * width))
    if pictures == .means {
      self.weights = Self.means(drawn, channels: channels, size: height * width)
      self.channels = 1
    } else {
      self.weights = drawn
      self.channels = channels
    }
    let largest = self.weights.lazy.filter(\.isFinite).map(abs).max() ?? 0
    limit = largest > 0 ? largest : 1
  }

  private static func means(_ weights: [Float], channels: Int, size: Int) -> [Float] {
    (0..<weights.count / (channels * size)).flatMap { filter in
      (0..<size).map { place in
        let sum = (0..<channels).reduce(0.0) { $0 + Double(weights[(filter * channels + $1) * size + place]) }
        return Float(sum / Double(channels))
      }
    }
  }

  /// What a picture is, in words.
  public var legend: String {
    switch pictures {
    case .colours: "one picture a filter; its input channels are red, green and blue"
    case .channels: "rows: filters; columns: their input channels"
    case .means: "one picture a filter: the mean over its input channels"
    }
  }

  /// Whether the picture is small enough to be drawn: of 64 million pixels at most.
  public var isDrawable: Bool {
    let grid = FilterGrid(self)
    let (area, overflow) = grid.pixelWidth.multipliedReportingOverflow(by: grid.pixelHeight)
    return !overflow && area <= 1 << 26
  }

  public var drawn: Canvas { FilterGrid(self).draw(self) }

  var hasBadWeights: Bool { weights.contains { !$0.isFinite } }

  /// The colour of a weight: one of three channels, or one value alone.
  func colour(filter: Int, channel: Int, place: Int) -> Canvas.Colour {
    let size = height * width
    guard pictures == .colours else {
      return ColourScale.diverging(weights[(filter * channels + channel) * size + place] / limit)
    }
    let values = (0..<3).map { weights[(filter * 3 + $0) * size + place] / limit }
    return ColourScale.additive(values)
  }
}

/// Colours for values from -1 to 1.
enum ColourScale {
  /// For a value that is not finite.
  static let bad = Canvas.Colour(0xFF_D400)

  /// Blue below zero, white at it, red above: the ColorBrewer scheme RdBu, which those see too who do not see all colours.
  static func diverging(_ value: Float) -> Canvas.Colour {
    guard value.isFinite else { return bad }
    let place = (min(max(value, -1), 1) + 1) / 2 * Float(stops.count - 1)
    let first = min(Int(place), stops.count - 2)
    let share = place - Float(first)
    func mix(_ channel: KeyPath<Canvas.Colour, UInt8>) -> UInt8 {
      let (low, high) = (Float(stops[first][keyPath: channel]), Float(stops[first + 1][keyPath: channel]))
      return UInt8((low + (high - low) * share).rounded())
    }
    var colour = Canvas.Colour(0)
    (colour.red, colour.green, colour.blue) = (mix(\.red), mix(\.green), mix(\.blue))
    return colour
  }

  private static let stops: [Canvas.Colour] = [
    0x05_3061, 0x21_66AC, 0x43_93C3, 0x92_C5DE, 0xD1_E5F0, 0xF7_F7F7, 0xFD_DBC7, 0xF4_A582, 0xD6_604D, 0xB2_182B,
    0x67_001F,
  ].map { Canvas.Colour($0) }

  /// Red, green and blue by three values: zero is half of the light.
  static func additive(_ values: [Float]) -> Canvas.Colour {
    guard values.allSatisfy(\.isFinite) else { return bad }
    let bytes = values.map { UInt8((127.5 + 127.5 * min(max($0, -1), 1)).rounded()) }
    var colour = Canvas.Colour(0)
    (colour.red, colour.green, colour.blue) = (bytes[0], bytes[1], bytes[2])
    return colour
  }
}
