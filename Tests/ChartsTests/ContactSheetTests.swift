import Charts
import Testing

@Suite struct ContactSheetTests {
  private static func tile(_ value: UInt8, title: String = "class", isGray: Bool = true) -> ContactSheet.Tile {
    let planes = [UInt8](repeating: value, count: 64 * 64) + (isGray ? [] : [UInt8](repeating: 9, count: 2 * 64 * 64))
    return ContactSheet.Tile(planes: planes, title: title, note: "name.png", label: 0)
  }

  private func pixel(_ canvas: Canvas, _ x: Int, _ y: Int) -> [UInt8] {
    Array(canvas.pixels[(y * canvas.width + x) * 3..<(y * canvas.width + x) * 3 + 3])
  }

  @Test func putsTilesInRows() {
    let tiles = (0..<5).map { Self.tile(UInt8(50 * $0), isGray: $0 != 4) }
    let canvas = ContactSheet(heading: "job", lines: ["one"], tiles: tiles, side: 64, columns: 4).drawn
    #expect(canvas.width == 2 * 40 + 4 * 64 + 3 * 20)
    let top = 40 + 94
    for index in 0..<4 {
      #expect(pixel(canvas, 40 + 84 * index + 32, top + 32) == [UInt8](repeating: UInt8(50 * index), count: 3))
    }
    #expect(pixel(canvas, 40 + 32, top + 32 + 140) == [200, 9, 9])
    #expect(pixel(canvas, 1, 1) == [0xFA, 0xFA, 0xF8])
  }

  /// What is too long is cut within its tile, and the room of the next stays as it is.
  @Test func keepsTextInItsPlace() {
    func sheet(_ title: String) -> Canvas {
      ContactSheet(
        heading: "job", lines: [], tiles: [Self.tile(1, title: title), Self.tile(2)], side: 64, columns: 4
      ).drawn
    }
    let (short, long) = (sheet("abc"), sheet("abcdefghijklmnopqrstuvwxyz"))
    #expect(short != long)
    for y in 0..<short.height {
      for x in 40 + 64..<short.width { #expect(pixel(short, x, y) == pixel(long, x, y)) }
    }
  }

  @Test func writesWhatItHasNoLettersForAsEscapes() {
    func sheet(_ title: String) -> Canvas {
      ContactSheet(heading: title, lines: [], tiles: [Self.tile(1)], side: 64, columns: 4).drawn
    }
    #expect(sheet("a\u{732B}b") == sheet("a\\u{732B}b"))
    #expect(sheet("tab\tnewline\n") == sheet("tab\\u{9}newline\\u{A}"))
    // Composed and decomposed names are two names.
    #expect(sheet("\u{E9}") != sheet("e\u{301}"))
  }

  @Test func everyLetterHasAShapeOfItsOwn() {
    let sheets = (UInt8(0x20)...0x7E).map { letter in
      ContactSheet(
        heading: String(UnicodeScalar(letter)), lines: [], tiles: [], side: 64, columns: 1
      ).drawn.pixels
    }
    #expect(Set(sheets).count == 95)
  }
}
