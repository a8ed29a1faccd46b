/// The pieces of an SVG drawing, as text.
enum Drawing {
  enum Anchor: String { case start, middle, end }

  static func text(
    _ content: String, x: Double, y: Double, size: Double = 13, fill: String, anchor: Anchor = .start,
    bold: Bool = false, halo: Bool = false
  ) -> String {
    "<text x=\"\(number(x))\" y=\"\(number(y))\" font-size=\"\(number(size))\" fill=\"\(fill)\""
      + (anchor == .start ? "" : " text-anchor=\"\(anchor.rawValue)\"")
      + (bold ? " font-weight=\"600\"" : "")
      + (halo ? " stroke=\"\(Palette.paper)\" stroke-width=\"4\" paint-order=\"stroke\"" : "")
      + ">\(escaped(content))</text>"
  }

  static func line(
    _ from: Point, _ to: Point, stroke: String, width: Double = 1, dash: String? = nil
  ) -> String {
    "<line x1=\"\(number(from.x))\" y1=\"\(number(from.y))\" x2=\"\(number(to.x))\" y2=\"\(number(to.y))\""
      + " stroke=\"\(stroke)\" stroke-width=\"\(number(width))\""
      + (dash.map { " stroke-dasharray=\"\($0)\"" } ?? "") + "/>"
  }

  static func path(_ points: [Point], stroke: String, width: Double, opacity: Double = 1) -> String {
    let places = points.map { "\(number($0.x)) \(number($0.y))" }
    return "<path d=\"M\(places.joined(separator: "L"))\" stroke=\"\(stroke)\" stroke-width=\"\(number(width))\""
      + (opacity < 1 ? " stroke-opacity=\"\(number(opacity))\"" : "")
      + " fill=\"none\" stroke-linejoin=\"round\" stroke-linecap=\"round\"/>"
  }

  static func circle(_ center: Point, radius: Double, fill: String, stroke: String, width: Double) -> String {
    "<circle cx=\"\(number(center.x))\" cy=\"\(number(center.y))\" r=\"\(number(radius))\" fill=\"\(fill)\""
      + " stroke=\"\(stroke)\" stroke-width=\"\(number(width))\"/>"
  }

  /// Text as XML wants it; what XML cannot hold at all becomes U+FFFD.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\t", "\n", "\r": result += " "
      case "\u{0}"..<" ", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// A coordinate to a hundredth, without trailing zeros; one far outside the drawing is brought nearer.
  static func number(_ value: Double) -> String {
    let hundredths = (max(-1e5, min(1e5, value)) * 100).rounded() / 100
    guard hundredths != hundredths.rounded() else { return String(Int(hundredths)) }
    return hundredths.description
  }
}
