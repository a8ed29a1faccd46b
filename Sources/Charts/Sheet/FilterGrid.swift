import Foundation

/// Where everything of a `FilterSheet` lies, in pixels.
struct FilterGrid {
  private let columns: Int
  private let rows: Int
  /// Pixels of a weight.
  private let zoom: Int
  private let tileWidth: Int
  private let tileHeight: Int
  private let gap: Int
  /// Whether pictures have their numbers below them, or in front of a row and above a column.
  private let isMatrix: Bool
  private let lines: [String]

  private static let margin = 32
  private static let headingScale = 3
  private static let textScale = 2
  private static let lineHeight = 24
  private static let paper = Canvas.Colour(0xFA_FAF8)
  private static let ink = Canvas.Colour(0x1F_2328)
  private static let quiet = Canvas.Colour(0x6E_7781)
  private static let frame = Canvas.Colour(0xD5_D9DD)
  /// What a sheet should not exceed, where whole pixels allow it.
  private static let (mostWidth, mostHeight) = (1600, 2200)
  private static let barWidth = 330

  init(_ sheet: FilterSheet) {
    isMatrix = sheet.pictures == .channels && sheet.channels > 1
    if isMatrix {
      (rows, columns) = (sheet.filters, sheet.channels)
    } else {
      let shape = Double(sheet.height) / Double(sheet.width)
      columns = min(max(Int((Double(sheet.filters) * 2.4 * shape).squareRoot().rounded(.up)), 1), sheet.filters)
      rows = (sheet.filters + columns - 1) / columns
    }
    let room = (Self.mostWidth / columns - 4, Self.mostHeight / rows - (isMatrix ? 4 : 24))
    zoom = max(min(room.0 / sheet.width, room.1 / sheet.height, 20), 1)
    (tileWidth, tileHeight) = (sheet.width * zoom, sheet.height * zoom)
    gap = max(zoom / 2, 3)
    lines = [
      "\(sheet.filters.grouped) filters of \(sheet.channels) x \(sheet.height) x \(sheet.width)",
      sheet.legend + "; one scale for all",
    ]
  }

  private var labelHeight: Int { isMatrix || tileWidth < 24 ? 0 : 22 }
  private var leftMargin: Int { Self.margin + (isMatrix ? 52 : 0) }
  private var top: Int {
    Self.margin + 9 * Self.headingScale + 14 + lines.count * Self.lineHeight + 66 + (isMatrix ? 26 : 0)
  }
  private var gridWidth: Int { columns * (tileWidth + gap) - gap }
  var pixelWidth: Int {
    let text = lines.map { Canvas.width(of: $0, scale: Self.textScale) }.max() ?? 0
    return max(leftMargin + gridWidth, Self.margin + max(text, Self.barWidth + 180)) + Self.margin
  }
  var pixelHeight: Int { top + rows * (tileHeight + gap + labelHeight) - gap + Self.margin }

  func draw(_ sheet: FilterSheet) -> Canvas {
    var canvas = Canvas(width: pixelWidth, height: pixelHeight, paper: Self.paper)
    let room = (pixelWidth - 2 * Self.margin) / Canvas.advance(scale: Self.headingScale)
    let heading = Canvas.drawable(sheet.heading)
    canvas.write(
      String(
        decoding: heading.count > room ? Array(heading.prefix(room - 2)) + Array("..".utf8) : heading, as: UTF8.self),
      x: Self.margin, y: Self.margin, scale: Self.headingScale, Self.ink)
    var y = Self.margin + 9 * Self.headingScale + 14
    for line in lines {
      canvas.write(line, x: Self.margin, y: y, scale: Self.textScale, Self.quiet)
      y += Self.lineHeight
    }
    drawScale(sheet, on: &canvas, y: y + 6)
    if isMatrix { numberMatrix(on: &canvas) }
    for filter in 0..<sheet.filters {
      for channel in 0..<(isMatrix ? sheet.channels : 1) { draw(sheet, filter, channel, on: &canvas) }
    }
    return canvas
  }

  private func draw(_ sheet: FilterSheet, _ filter: Int, _ channel: Int, on canvas: inout Canvas) {
    let (row, column) = isMatrix ? (filter, channel) : (filter / columns, filter % columns)
    let x = leftMargin + column * (tileWidth + gap)
    let y = top + row * (tileHeight + gap + labelHeight)
    canvas.fill(x: x - 1..<x + tileWidth + 1, y: y - 1..<y + tileHeight + 1, Self.frame)
    for place in 0..<sheet.height * sheet.width {
      let (left, upper) = (x + place % sheet.width * zoom, y + place / sheet.width * zoom)
      canvas.fill(
        x: left..<left + zoom, y: upper..<upper + zoom, sheet.colour(filter: filter, channel: channel, place: place))
    }
    let label = "\(filter)"
    guard labelHeight > 0, Canvas.width(of: label, scale: Self.textScale) <= tileWidth + gap else { return }
    canvas.write(label, x: x, y: y + tileHeight + 4, scale: Self.textScale, Self.quiet)
  }

  /// The numbers of rows and columns, as many as there is room for.
  private func numberMatrix(on canvas: inout Canvas) {
    let across = (36 + tileWidth + gap - 1) / (tileWidth + gap)
    for column in stride(from: 0, to: columns, by: across) {
      canvas.write(
        "\(column)", x: leftMargin + column * (tileWidth + gap), y: top - 24, scale: Self.textScale, Self.quiet)
    }
    let down = (20 + tileHeight + gap - 1) / (tileHeight + gap)
    for row in stride(from: 0, to: rows, by: down) {
      canvas.write(
        "\(row)", x: Self.margin, y: top + row * (tileHeight + gap) + max((tileHeight - 14) / 2, 0),
        scale: Self.textScale, Self.quiet)
    }
  }

  private func drawScale(_ sheet: FilterSheet, on canvas: inout Canvas, y: Int) {
    let left = Self.margin
    canvas.fill(x: left - 1..<left + Self.barWidth + 1, y: y - 1..<y + 19, Self.frame)
    for column in 0..<Self.barWidth {
      let value = Float(column) / Float(Self.barWidth - 1) * 2 - 1
      let colour =
        sheet.pictures == .colours ? ColourScale.additive([value, value, value]) : ColourScale.diverging(value)
      canvas.fill(x: left + column..<left + column + 1, y: y..<y + 18, colour)
    }
    let text = String(format: "%.3g", sheet.limit)
    let middle = left + Self.barWidth / 2 - 5
    let end = left + Self.barWidth - Canvas.width(of: text, scale: Self.textScale)
    for (label, x) in [("-\(text)", left), ("0", middle), (text, end)] {
      canvas.write(label, x: x, y: y + 24, scale: Self.textScale, Self.quiet)
    }
    guard sheet.hasBadWeights else { return }
    let x = left + Self.barWidth + 24
    canvas.fill(x: x..<x + 18, y: y..<y + 18, ColourScale.bad)
    canvas.write("not finite", x: x + 26, y: y + 2, scale: Self.textScale, Self.quiet)
  }
}
