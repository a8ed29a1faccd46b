import DurableFiles
import Testing

@Suite struct PrintableTests {
  @Test func plainTextStaysAsItIs() {
    for text in ["", "cracked cells", "日本語", "🧑‍🔬", "e\u{301}"] {
      #expect(Array(printable(text).utf8) == Array(text.utf8))
    }
  }

  @Test func noControlCharacterIsLeft() {
    for value in UInt32(0)...0x2100 {
      guard let scalar = Unicode.Scalar(value), scalar.properties.generalCategory == .control else { continue }
      let text = printable("a\(Character(scalar))b")
      #expect(text == "a?b" || text == "a b", "U+\(String(value, radix: 16))")
    }
    #expect(printable("\u{1B}[2J\u{9B}1m") == "?[2J?1m")
  }

  /// "gpj.exe" would be shown as "exe.jpg".
  @Test func theDirectionOfTheTextIsNotTurned() {
    #expect(printable("\u{202E}gpj.exe\u{2066}") == "?gpj.exe?")
  }

  @Test func aNameBeginsNoLineOfItsOwn() {
    for separator in ["\n", "\r", "\r\n", "\t", "\u{85}", "\u{2028}", "\u{2029}"] {
      let text = printable("two\(separator)lines")
      #expect(!text.contains(where: \.isNewline) && text.hasPrefix("two") && text.hasSuffix("lines"))
    }
    #expect(printable("two\nlines") == "two lines")
  }

  @Test func linesStayLines() {
    #expect(printable(lines: "a\u{1B}\n\nb\tc\n") == "a?\n\nb c\n")
  }

  @Test func theLimitCutsCharacters() {
    #expect(printable("abc", limit: 2) == "ab")
    #expect(printable("e\u{301}e\u{301}", limit: 1) == "e\u{301}")
  }
}
