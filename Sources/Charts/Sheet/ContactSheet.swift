/// Images with their captions in rows, under a heading: what a network will see, at one look.
public struct ContactSheet: Sendable {
  public struct Tile: Sendable {
    /// [channel][row][column], one plane or three of `side` x `side` bytes.
    public var planes: [UInt8]
    /// Below the image, in dark letters: its class.
    public var title: String
    /// Below that, in gray ones: its name.
    public var note: String
    /// Of the class, which has a colour; nil for none.
    public var label: Int?

    public init(planes: [UInt8], title: String, note: String, label: Int?) {
      self.planes = planes
      self.title = title
      self.note = note
      self.label = label
    }
  }

  public var heading: String
  /// Below the heading.
  public var lines: [String]
  public var tiles: [Tile]
  /// Of the images, in pixels.
  public var side: Int
  public var columns: Int

  public init(heading: String, lines: [String], tiles: [Tile], side: Int, columns: Int) {
    self.heading = heading
    self.lines = lines
    self.tiles = tiles
    self.side = side
    self.columns = max(columns, 1)
  }

  private static let margin = 40
  private static let gap = 20
  private static let headingScale = 4
  private static let textScale = 2
  private static let lineHeight = 26
  private static let paper = Canvas.Colour(0xFA_FAF8)
  private static let ink = Canvas.Colour(0x1F_2328)
  private static let quiet = Canvas.Colour(0x6E_7781)
  private static let frame = Canvas.Colour(0xD5_D9DD)
  /// As the charts have them: they can be told apart by those who do not see all colours.
  private static let labels: [Canvas.Colour] = [
    0x00_72B2, 0xD5_5E00, 0x00_7A5A, 0xA6_498C, 0xB0_8A00, 0x4A_A3DF, 0x8C_959F, 0x1F_2328,
  ].map { Canvas.Colour($0) }

  private var headingHeight: Int { 9 * Self.headingScale + 14 + lines.count * Self.lineHeight + 18 }
  private var tileHeight: Int { side + 10 + 2 * Self.lineHeight + Self.gap - 6 }
  private var rows: Int { (tiles.count + columns - 1) / columns }
  /// That of a row of tiles, or of four where there are fewer, so that the heading has room.
  private var innerWidth: Int {
    let shown = max(min(columns, tiles.count), min(columns, 4))
    return shown * side + (shown - 1) * Self.gap
  }

  public var drawn: Canvas {
    var canvas = Canvas(
      width: innerWidth + 2 * Self.margin, height: 2 * Self.margin + headingHeight + rows * tileHeight - Self.gap + 6,
      paper: Self.paper)
    canvas.write(
      fitting(heading, innerWidth, scale: Self.headingScale), x: Self.margin, y: Self.margin, scale: Self.headingScale,
      Self.ink)
    for (index, line) in lines.enumerated() {
      let y = Self.margin + 9 * Self.headingScale + 14 + index * Self.lineHeight
      canvas.write(
        fitting(line, innerWidth, scale: Self.textScale), x: Self.margin, y: y, scale: Self.textScale, Self.quiet)
    }
    for (index, tile) in tiles.enumerated() {
      draw(
        tile, on: &canvas, x: Self.margin + index % columns * (side + Self.gap),
        y: Self.margin + headingHeight + index / columns * tileHeight)
    }
    return canvas
  }

  private func draw(_ tile: Tile, on canvas: inout Canvas, x: Int, y: Int) {
    canvas.fill(x: x - 1..<x + side + 1, y: y - 1..<y + side + 1, Self.frame)
    canvas.draw(planes: tile.planes, side: side, x: x, y: y)
    let text = y + side + 10
    var start = x
    if let label = tile.label {
      canvas.fill(x: x..<x + 12, y: text + 1..<text + 13, Self.labels[label % Self.labels.count])
      start += 20
    }
    canvas.write(
      fitting(tile.title, x + side - start, scale: Self.textScale), x: start, y: text, scale: Self.textScale, Self.ink)
    canvas.write(
      fitting(tile.note, side, scale: Self.textScale, keepsEnd: true), x: x, y: text + Self.lineHeight,
      scale: Self.textScale, Self.quiet)
  }

  /// A text without what does not fit, and with dots instead of it: at the end or, of a path, at the beginning.
  private func fitting(_ text: String, _ width: Int, scale: Int, keepsEnd: Bool = false) -> String {
    let room = width / Canvas.advance(scale: scale)
    let characters = Canvas.drawable(text)
    guard characters.count > room, room > 2 else { return text }
    let kept = keepsEnd ? Array(characters.suffix(room - 2)) : Array(characters.prefix(room - 2))
    let part = String(decoding: kept, as: UTF8.self)
    return keepsEnd ? ".." + part : part + ".."
  }
}
