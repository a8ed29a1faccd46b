import Foundation
import Images
import Testing

/// `resize: crop` and `fit` against Pillow's `ImageOps.fit` and `ImageOps.pad`; Tests/Fixtures/images/framing.py.
@Suite struct FramingTests {
  struct Square: Decodable, Sendable, CustomTestStringConvertible {
    var file: String
    var crop: String
    var white: String
    var black: String
    var colour: String

    var testDescription: String { file }
  }

  static let squares: [Square] =
    (try? JSONDecoder().decode(
      [Square].self, from: Data(contentsOf: URL(fileURLWithPath: Gallery.path("framing.json"))))) ?? []

  @Test func thereAreWitnesses() {
    #expect(Self.squares.count > 30)
    // Every one of the eight orientations, tall and wide, tiny and large, gray and in colour.
    #expect(Self.squares.contains { $0.file == "framing/1x1000x1.png" })
  }

  @Test(arguments: squares)
  func cropsAndFitsAsPillowDoes(square: Square) throws {
    func found(_ resize: ImageReading.Resize, _ alpha: ImageReading.Background = .white) throws -> String {
      let reading = ImageReading(alpha: alpha, resize: resize, scaling: false)
      return fnv1a(try loadPlanes(path: Gallery.path(square.file), as: reading).planes.bytes)
    }
    #expect(try found(.crop) == square.crop)
    #expect(try found(.fit) == square.white)
    #expect(try found(.fit, .black) == square.black)
    #expect(try found(.fit, .drop) == square.black)
    #expect(try found(.fit, .colour(red: 200, green: 30, blue: 90)) == square.colour)
  }

  /// What is gray stays one plane as long as its background is gray.
  @Test func aGrayImageStaysGrayOnAGrayBackground() throws {
    func planes(_ alpha: ImageReading.Background) throws -> ImagePlanes {
      try loadPlanes(path: Gallery.path("sizes/400x131x1.png"), as: ImageReading(alpha: alpha, resize: .fit)).planes
    }
    let (white, gray) = (try planes(.white), try planes(.colour(red: 7, green: 7, blue: 7)))
    #expect(white.isGray && gray.isGray)
    let coloured = try planes(.colour(red: 7, green: 7, blue: 8))
    #expect(!coloured.isGray)
  }
}
