/// The text that a document was read from, kept by its nodes so that an error can show the line it speaks of.
final class Source: Sendable {
  let file: String
  private let lines: [Substring]

  init(text: String, file: String) {
    self.file = file
    lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
  }

  /// A place of one character; the end of the text if there is no such line.
  func place(line: Int, column: Int) -> Place {
    guard line <= lines.count else {
      return Place(source: self, line: lines.count, column: self.line(lines.count).unicodeScalars.count + 1, length: 1)
    }
    return Place(source: self, line: line, column: column, length: 1)
  }

  /// Line `number`, counted from 1; empty beyond the end.
  func line(_ number: Int) -> Substring {
    lines.indices.contains(number - 1) ? lines[number - 1] : ""
  }
}

/// A stretch of text in a document, for errors to point to.
public struct Place: Sendable {
  let source: Source
  /// Counted from 1.
  public let line: Int
  /// Counted from 1, in Unicode scalars.
  public let column: Int
  /// In Unicode scalars, on this line; at least 1.
  let length: Int

  public var file: String { source.file }

  /// An error about this place. `expected` and `hint` go on lines of their own below the caret.
  public func error(_ message: String, expected: String? = nil, hint: String? = nil) -> ConfigurationError {
    let text = source.line(line)
    return ConfigurationError(
      file: file, line: line, column: column, message: message, expected: expected, hint: hint,
      excerpt: text.isEmpty ? nil : Excerpt(line: text, column: column, length: length))
  }
}

extension Place: Equatable {
  public static func == (left: Place, right: Place) -> Bool {
    left.file == right.file && left.line == right.line && left.column == right.column && left.length == right.length
  }
}
