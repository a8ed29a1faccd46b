import Images
import TemporaryFolder
import Testing

/// Small files that would cost much time or memory: what would be worked through for nothing is refused.
@Suite struct CostTests {
  private func error(_ bytes: [UInt8]) -> ImageError? {
    imageError { () throws(ImageError) in try decodeImage(bytes) }
  }

  private let afterHeader = 33

  private func black(_ extra: [UInt8]) -> [UInt8] {
    let image = blackPNG(width: 10, height: 10)
    return image[..<afterHeader] + extra + image[afterHeader...]
  }

  /// A gigabyte behind the last row, in six megabytes. libpng would inflate it a kilobyte at a time and throw it away.
  @Test func aGigabyteBehindTheLastRowIsNotLookedThrough() {
    let image = blackPNG(width: 100, height: 100, rows: 10_000_000)
    #expect(error(image) == .corrupt(reason: "far more compressed bytes than its pixels need"))
    #expect(error(blackPNG(width: 100, height: 100, rows: 1_000_000))?.name == "corrupt")
  }

  /// Some programs write more rows than their header says. The image is whole.
  @Test func someRowsTooMuchAreHarmless() throws {
    let image = try decodeImage(blackPNG(width: 100, height: 100, rows: 50_000))
    #expect(image == (try decodeImage(blackPNG(width: 100, height: 100))))
  }

  /// Blocks of nothing, 70 kB of them within the first row.
  @Test func blocksOfNothingAreNotWorkedThrough() {
    func image(_ count: Int) -> [UInt8] {
      let empty = [UInt8](repeating: 0, count: 3) + [0xFF, 0xFF]
      let blocks = Array(repeatElement(empty, count: count).joined())
      let pixels: [UInt8] = [1, 11, 0, ~11, 0xFF, 0] + [UInt8](repeating: 7, count: 10)
      return png(width: 10, height: 1, stream: [0x78, 0x01] + blocks + pixels + adler32OfSevens)
    }
    #expect(error(image(2)) == nil)
    #expect(error(image(14_000)) == .corrupt(reason: "far more compressed bytes than its pixels need"))
  }

  /// Of one zero byte and ten of 7: the sums are 71 and 1 + 8 + 15 + … + 71, the first of them once more for the zero.
  private let adler32OfSevens: [UInt8] = {
    let high = 1 + stride(from: 8, through: 71, by: 7).reduce(0, +)
    return [UInt8(high >> 8), UInt8(high & 255), 0, 71]
  }()

  @Test func aMillionChunksAreTooMany() {
    let empty = chunk("tEXt", [])
    func image(_ count: Int) -> [UInt8] { black(Array(repeatElement(empty, count: count).joined())) }
    #expect(error(image(100_000)) == nil)
    #expect(error(image(1_100_000)) == .tooLarge(reason: "more than a million chunks; save it again"))
  }

  /// Chunks that hold no pixels are passed over, however large they are and whatever they would become.
  @Test(arguments: ["tEXt", "zTXt", "iTXt", "iCCP", "sPLT", "eXIf", "prVt"])
  func largeChunksWithoutPixelsArePassedOver(_ kind: String) throws {
    let content = [UInt8](repeating: 0x61, count: 9 << 20)
    #expect(try decodeImage(black(chunk(kind, content))) == decodeImage(black([])))
  }
}
