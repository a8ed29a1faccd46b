/// Words of Python.
enum Python {
  static func module(_ name: String, _ arguments: [String] = []) -> String {
    "nn.\(name)(\(arguments.joined(separator: ", ")))"
  }

  static func whole(_ value: Int) -> String { "\(value)" }

  /// A number that reads back as the same bits.
  static func number(_ value: Double) -> String { "\(value)" }

  static func list(_ values: [String]) -> String { "[" + values.joined(separator: ", ") + "]" }

  /// A text in quotation marks. What is no letter and beyond ASCII is written as its number, so that no name of a class
  /// begins a line or turns the direction of what follows.
  static func text(_ text: String) -> String {
    "\"" + text.unicodeScalars.map(character).joined() + "\""
  }

  private static func character(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\"", "\\": return "\\\(scalar)"
    case " "..."~": return String(scalar)
    default:
      if scalar.properties.isAlphabetic { return String(scalar) }
      let digits = String(scalar.value, radix: 16)
      let isShort = scalar.value < 0x10000
      return (isShort ? "\\u" : "\\U") + String(repeating: "0", count: (isShort ? 4 : 8) - digits.count) + digits
    }
  }
}
