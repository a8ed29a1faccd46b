/// What is wrong with a document, where, and what would be right.
///
///     jobs/x.yaml:7:5: error: unknown key `epoch` in training
///     7 |     epoch: 10
///       |     ^~~~~
///       expected one of: epochs, batchSize, seed
///       hint: did you mean `epochs`?
public struct ConfigurationError: Error, Equatable, CustomStringConvertible {
  public let file: String
  /// Counted from 1.
  public let line: Int
  /// Counted from 1, in Unicode scalars.
  public let column: Int
  /// One line, without the place.
  public let message: String
  /// What could have stood there instead, as `one of: …`; printed after "expected".
  public let expected: String?
  public let hint: String?
  let excerpt: Excerpt?

  /// The whole report: place, message, the line with a caret, what was expected, a hint. No newline at the end.
  public var description: String {
    var lines = ["\(file):\(line):\(column): error: \(message)"]
    if let excerpt {
      let number = String(line)
      lines.append("\(number) | \(excerpt.text)")
      lines.append(String(repeating: " ", count: number.count) + " | \(excerpt.marker)")
    }
    if let expected { lines.append("  expected \(expected)") }
    if let hint { lines.append("  hint: \(hint)") }
    return lines.joined(separator: "\n")
  }
}

/// One line of a document, shortened around the place that an error speaks of.
struct Excerpt: Equatable, Sendable {
  let text: String
  /// Blanks as wide as the text before the place, then `^~~~`.
  let marker: String

  /// The longest excerpt, in Unicode scalars.
  private static let width = 120
  /// Of a longer line, how many Unicode scalars before the place are shown.
  private static let contextBefore = 60

  init(line: Substring, column: Int, length: Int) {
    let scalars = Array(line.unicodeScalars)
    let target = min(max(column - 1, 0), scalars.count)
    let start = scalars.count <= Self.width ? 0 : max(0, target - Self.contextBefore)
    let end = min(scalars.count, start + Self.width)
    let opening = start > 0 ? "…" : ""
    let before = opening + Self.string(scalars[start..<target])
    text = before + Self.string(scalars[target..<end]) + (end < scalars.count ? "…" : "")
    // Tabs stay tabs, so that the caret stands right at any tab width.
    let blanks = String(before.map { $0 == "\t" ? "\t" : " " })
    let tail = min(max(length, 1), max(end - target, 1)) - 1
    marker = blanks + "^" + String(repeating: "~", count: tail)
  }

  private static func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars)
    return String(text)
  }
}
