/// Text from outside, as the name of a file or of a class, on one line of a log, of a table or of a terminal.
///
/// A newline or a tab becomes a blank, so that no name begins a line of its own. Every other control character becomes a
/// question mark, and so do the characters that turn the direction of the text around them: a terminal obeys both.
/// - Parameter limit: how many characters are kept.
public func printable(_ text: some StringProtocol, limit: Int = .max) -> String {
  // Most names are plain, and a line of a table has many of them.
  if text.utf8.count <= limit && text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return String(text) }
  var shown = String.UnicodeScalarView()
  for scalar in text.prefix(limit).unicodeScalars { shown.append(scalar.isBreak ? " " : scalar.shown) }
  return String(shown)
}

/// The same for text of several lines: its newlines stay.
public func printable(lines text: String) -> String {
  text.split(separator: "\n", omittingEmptySubsequences: false).map { printable($0) }.joined(separator: "\n")
}

extension Unicode.Scalar {
  fileprivate var isBreak: Bool {
    switch properties.generalCategory {
    case .lineSeparator, .paragraphSeparator: true
    default: ("\t"..."\r").contains(self)
    }
  }

  fileprivate var shown: Unicode.Scalar {
    properties.generalCategory == .control || isDirection ? "?" : self
  }

  /// The embeddings, overrides and isolates of the Unicode Bidirectional Algorithm (UAX #9, section 2).
  private var isDirection: Bool {
    ("\u{202A}"..."\u{202E}").contains(self) || ("\u{2066}"..."\u{2069}").contains(self)
  }
}
