/// A picture in colour that is drawn from left above: rows of pixels of red, green and blue.
public struct Canvas: Sendable, Equatable {
  public struct Colour: Sendable, Equatable {
    public var red: UInt8
    public var green: UInt8
    public var blue: UInt8

    /// - Parameter code: 0xRRGGBB.
    public init(_ code: UInt32) {
      red = UInt8(truncatingIfNeeded: code >> 16)
      green = UInt8(truncatingIfNeeded: code >> 8)
      blue = UInt8(truncatingIfNeeded: code)
    }
  }

  public let width: Int
  public let height: Int
  /// height x width x 3 bytes.
  public private(set) var pixels: [UInt8]

  public init(width: Int, height: Int, paper: Colour) {
    self.width = width
    self.height = height
    pixels = []
    pixels.reserveCapacity(width * height * 3)
    for _ in 0..<width * height { pixels += [paper.red, paper.green, paper.blue] }
  }

  /// What lies outside of the picture is left out, here and below.
  mutating func fill(x: Range<Int>, y: Range<Int>, _ colour: Colour) {
    for row in y.clamped(to: 0..<height) {
      for column in x.clamped(to: 0..<width) { lay(colour, at: column, row, opacity: 256) }
    }
  }

  /// An image of planes, [channel][row][column], one or three of them.
  mutating func draw(planes: [UInt8], side: Int, x: Int, y: Int) {
    let size = side * side
    let isGray = planes.count == size
    for row in 0..<side {
      for column in 0..<side where (0..<width).contains(x + column) && (0..<height).contains(y + row) {
        let place = row * side + column
        for channel in 0..<3 {
          pixels[((y + row) * width + x + column) * 3 + channel] = planes[(isGray ? 0 : channel * size) + place]
        }
      }
    }
  }

  /// A line of text from its upper left corner on. Characters that the typeface does not have are written as escapes,
  /// `\u{732B}`.
  ///
  /// - Parameter scale: pixels of the picture for a pixel of the typeface. Edges are smoothed.
  mutating func write(_ text: String, x: Int, y: Int, scale: Int, _ colour: Colour) {
    for (index, character) in Self.drawable(text).enumerated() {
      draw(Typeface.glyph(character), x: x + index * Self.advance(scale: scale), y: y, scale: scale, colour)
    }
  }

  /// The pixels from one character to the next.
  static func advance(scale: Int) -> Int { (Typeface.width + 1) * scale }

  /// The pixels that a line of text takes.
  static func width(of text: String, scale: Int) -> Int { drawable(text).count * advance(scale: scale) }

  /// The characters of the typeface that stand for a text.
  static func drawable(_ text: String) -> [UInt8] {
    text.unicodeScalars.flatMap { scalar -> [UInt8] in
      if (0x20...0x7E).contains(scalar.value) { return [UInt8(scalar.value)] }
      return Array("\\u{\(String(scalar.value, radix: 16, uppercase: true))}".utf8)
    }
  }

  private mutating func draw(_ glyph: [UInt8], x: Int, y: Int, scale: Int, _ colour: Colour) {
    for row in 0..<Typeface.height * scale {
      for column in 0..<Typeface.width * scale {
        let opacity = Self.cover(glyph, x: column, y: row, scale: scale)
        if opacity > 0 { lay(colour, at: x + column, y + row, opacity: opacity) }
      }
    }
  }

  /// The share of a pixel that a glyph covers, of 256. The glyph's pixels are points between which the ink fades; ink is
  /// where more than 45% of it are. So corners become round, and pixels that touch by a corner join.
  private static func cover(_ glyph: [UInt8], x: Int, y: Int, scale: Int) -> Int {
    let samples = 4
    var covered = 0
    for sample in 0..<samples * samples {
      let place = { (pixel: Int, part: Int) in
        (Double(pixel) + (Double(part) + 0.5) / Double(samples)) / Double(scale) - 0.5
      }
      if ink(glyph, place(x, sample % samples), place(y, sample / samples)) > 0.45 { covered += 1 }
    }
    return covered * 256 / (samples * samples)
  }

  private static func ink(_ glyph: [UInt8], _ x: Double, _ y: Double) -> Double {
    let (left, top) = (Int(x.rounded(.down)), Int(y.rounded(.down)))
    let (right, below) = (x - Double(left), y - Double(top))
    func dot(_ column: Int, _ row: Int) -> Double {
      guard (0..<Typeface.width).contains(column), glyph.indices.contains(row) else { return 0 }
      return glyph[row] >> (Typeface.width - 1 - column) & 1 == 1 ? 1 : 0
    }
    let upper = dot(left, top) * (1 - right) + dot(left + 1, top) * right
    let lower = dot(left, top + 1) * (1 - right) + dot(left + 1, top + 1) * right
    return upper * (1 - below) + lower * below
  }

  private mutating func lay(_ colour: Colour, at x: Int, _ y: Int, opacity: Int) {
    guard (0..<width).contains(x), (0..<height).contains(y) else { return }
    let first = (y * width + x) * 3
    for (channel, value) in [colour.red, colour.green, colour.blue].enumerated() {
      let paper = Int(pixels[first + channel])
      pixels[first + channel] = UInt8(paper + (Int(value) - paper) * opacity / 256)
    }
  }
}
