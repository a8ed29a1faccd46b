/// A rectangle of the drawing with its axes; it knows where a value lies.
struct ChartPanel {
  let left: Double
  let right: Double
  let top: Double
  let bottom: Double
  let horizontal: Axis
  let vertical: Axis
  /// Above the vertical axis, with the unit.
  let title: String
  /// Tells this panel from the others in the drawing.
  let id: String

  func place(_ point: Point) -> Point {
    Point(x: x(point.x), y: y(point.y))
  }

  func x(_ value: Double) -> Double {
    let range = horizontal.range
    return left + (value - range.lowerBound) / (range.upperBound - range.lowerBound) * (right - left)
  }

  func y(_ value: Double) -> Double {
    let range = vertical.range
    return bottom - (value - range.lowerBound) / (range.upperBound - range.lowerBound) * (bottom - top)
  }

  /// Grid, frame and labels; those of the horizontal axis only for the panel at the bottom.
  func frame(labelled horizontalTitle: String?) -> [String] {
    var parts = [Drawing.text(title, x: left, y: top - 12, fill: Palette.ink, bold: true)]
    for tick in vertical.ticks {
      let isBase = tick == vertical.range.lowerBound
      parts.append(
        Drawing.line(
          Point(x: left, y: y(tick)), Point(x: right, y: y(tick)), stroke: isBase ? Palette.axis : Palette.grid))
      parts.append(
        Drawing.text(vertical.label(tick), x: left - 10, y: y(tick) + 4.5, fill: Palette.quiet, anchor: .end))
    }
    for tick in horizontal.ticks {
      parts.append(
        Drawing.line(Point(x: x(tick), y: bottom), Point(x: x(tick), y: bottom + 5), stroke: Palette.axis))
      guard horizontalTitle != nil else { continue }
      parts.append(
        Drawing.text(
          horizontal.label(tick), x: x(tick), y: bottom + 22, fill: Palette.quiet, anchor: .middle))
    }
    if let horizontalTitle {
      parts.append(
        Drawing.text(
          horizontalTitle, x: (left + right) / 2, y: bottom + 46, fill: Palette.ink, anchor: .middle, bold: true))
    }
    return parts
  }

  /// Curves, cut off at the frame.
  func clipped(_ parts: [String]) -> [String] {
    let box =
      "<clipPath id=\"\(id)\"><rect x=\"\(Drawing.number(left - 6))\" y=\"\(Drawing.number(top - 6))\""
      + " width=\"\(Drawing.number(right - left + 12))\" height=\"\(Drawing.number(bottom - top + 12))\"/></clipPath>"
    return [box, "<g clip-path=\"url(#\(id))\">"] + parts + ["</g>"]
  }

  /// A line through the points; a dot if there is but one.
  func curve(_ points: [Point], stroke: String, width: Double, opacity: Double = 1) -> [String] {
    guard points.count > 1 else { return points.map { dot($0, fill: stroke, stroke: stroke) } }
    return [Drawing.path(points.map(place), stroke: stroke, width: width, opacity: opacity)]
  }

  func dot(_ point: Point, radius: Double = 3.5, fill: String, stroke: String) -> String {
    Drawing.circle(place(point), radius: radius, fill: fill, stroke: stroke, width: 2)
  }

  func dots(_ points: [Point], stroke: String) -> [String] {
    let radius = points.count > 60 ? 2.0 : 3.5
    return points.map { dot($0, radius: radius, fill: Palette.paper, stroke: stroke) }
  }
}

/// Colours of M. Okabe and K. Ito (2008), which people with any colour vision can tell apart, on white.
enum Palette {
  static let paper = "#ffffff"
  static let ink = "#1f2328"
  static let quiet = "#59636e"
  static let axis = "#8c959f"
  static let grid = "#e6e9ec"
  static let training = "#0072b2"
  static let validation = "#d55e00"
  static let best = "#007a5a"
}
