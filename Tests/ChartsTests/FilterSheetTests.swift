import Charts
import Testing

@Suite struct FilterSheetTests {
  private func pixel(_ canvas: Canvas, _ x: Int, _ y: Int) -> [UInt8] {
    Array(canvas.pixels[(y * canvas.width + x) * 3..<(y * canvas.width + x) * 3 + 3])
  }

  /// Every colour that is drawn, with the number of its pixels.
  private func colours(_ canvas: Canvas) -> [[UInt8]: Int] {
    var counts: [[UInt8]: Int] = [:]
    for start in stride(from: 0, to: canvas.pixels.count, by: 3) {
      counts[Array(canvas.pixels[start..<start + 3]), default: 0] += 1
    }
    return counts
  }

  @Test func threeChannelsAreColoursOnOneScale() {
    // Two filters of one weight: full red without green and with half a blue, and all of nothing.
    let sheet = FilterSheet(heading: "x", [2, -2, 0, 0, 0, 0], filters: 2, channels: 3, height: 1, width: 1)
    #expect(sheet.pictures == .colours && sheet.limit == 2)
    let counts = colours(sheet.drawn)
    // Squares of the largest size, 20 pixels.
    #expect(counts[[255, 0, 128]] == 400)
    // Zero is half of the light; the scale has it too.
    #expect((counts[[128, 128, 128]] ?? 0) >= 400)
  }

  @Test func oneChannelIsBlueBelowZeroAndRedAbove() {
    let sheet = FilterSheet(heading: "x", [-1, 1, 0, .nan], filters: 1, channels: 1, height: 2, width: 2)
    #expect(sheet.pictures == .channels)
    let counts = colours(sheet.drawn)
    // The scale has a column of each end.
    #expect(counts[[0x05, 0x30, 0x61]] == 400 + 18 && counts[[0x67, 0x00, 0x1F]] == 400 + 18)
    // In the filter, and beside the scale where it says what the colour is.
    #expect(counts[[0xFF, 0xD4, 0x00]] == 400 + 18 * 18)
    #expect((counts[[0xF7, 0xF7, 0xF7]] ?? 0) >= 400)
  }

  @Test func whereThereAreTooManyTheMeanIsDrawn() {
    let weights = (0..<90 * 50).map { Float($0 % 50 == 0 ? 50 : 0) * Float($0 / 50 == 7 ? -1 : 1) }
    let sheet = FilterSheet(heading: "x", weights, filters: 90, channels: 50, height: 1, width: 1)
    #expect(sheet.pictures == .means && sheet.limit == 1 && sheet.channels == 1)
    #expect(sheet.legend.contains("mean"))
    #expect((colours(sheet.drawn)[[0x05, 0x30, 0x61]] ?? 0) >= 18 + 100)
  }

  @Test func aSheetOfAnySizeIsDrawnOrRefused() {
    for (filters, channels, height, width) in [
      (1, 1, 1, 1), (10, 3, 9, 9), (20, 10, 7, 7), (50, 40, 3, 3), (5000, 1, 1, 3), (1, 1, 1, 900),
    ] {
      let weights = [Float](repeating: 0, count: filters * channels * height * width)
      let sheet = FilterSheet(
        heading: "a name that is much longer than the picture is wide, so that it has to be cut", weights,
        filters: filters, channels: channels, height: height, width: width)
      #expect(sheet.isDrawable && sheet.filters == min(filters, FilterSheet.mostPictures))
      let canvas = sheet.drawn
      #expect(canvas.pixels.count == canvas.width * canvas.height * 3 && canvas.width < 20_000)
    }
    let large = FilterSheet(
      heading: "x", [Float](repeating: 0, count: 9000 * 9000), filters: 1, channels: 1, height: 9000, width: 9000)
    #expect(!large.isDrawable)
  }
}
