import Foundation
import Images
import TemporaryFolder
import Testing

/// Transparent images over backgrounds.
@Suite struct AlphaTests {
  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    var file: String
    var background: [UInt8]
    var rgb: String
    var isTransparent: Bool

    var testDescription: String { "\(file) over \(background)" }

    var alpha: ImageReading.Background {
      switch background {
      case [255, 255, 255]: .white
      case [0, 0, 0]: .black
      default: .colour(red: background[0], green: background[1], blue: background[2])
      }
    }
  }

  static let cases: [Case] =
    (try? JSONDecoder().decode([Case].self, from: Data(contentsOf: URL(fileURLWithPath: Gallery.path("alpha.json")))))
    ?? []

  @Test func findsItsFixtures() {
    #expect(Self.cases.count == 244)
    #expect(Self.cases.contains { !$0.isTransparent })
  }

  @Test(arguments: cases)
  func composesAsTheWitnessDoes(_ expected: Case) throws {
    let image = try decodeImage(Gallery.bytes(expected.file), as: ImageReading(alpha: expected.alpha))
    #expect(fnv1a(image.pixels) == expected.rgb)
    let loaded = try loadPlanes(path: Gallery.path(expected.file), as: ImageReading(alpha: expected.alpha))
    #expect(loaded.notes.isTransparent == expected.isTransparent)
    #expect(loaded.notes.format == "PNG")
  }

  /// That something was transparent is known although it is not looked through.
  @Test(arguments: cases.filter { $0.background == [255, 255, 255] })
  func notesTransparencyThatIsDropped(_ expected: Case) throws {
    let loaded = try loadPlanes(path: Gallery.path(expected.file), as: ImageReading(alpha: .drop))
    #expect(loaded.notes.isTransparent == expected.isTransparent)
  }

  @Test func grayStaysGrayBeforeGrayAlone() throws {
    let path = Gallery.path("alpha/gray-8-19x23.png")
    for alpha in [ImageReading.Background.white, .black, .drop, .colour(red: 9, green: 9, blue: 9)] {
      #expect(try loadPlanes(path: path, as: ImageReading(alpha: alpha)).planes.isGray)
    }
    let blue = ImageReading(alpha: .colour(red: 0, green: 0, blue: 9))
    #expect(try !loadPlanes(path: path, as: blue).planes.isGray)
    #expect(try loadPlanes(path: Gallery.path("png/plain.png"), as: blue).planes.isGray, "opaque gray stays gray")
    #expect(try !loadPlanes(path: Gallery.path("jpeg/plain.jpg")).notes.isTransparent)
  }

  /// The rows of transparent images go through other hands than those of opaque ones: every beginning is refused too.
  @Test(arguments: ["alpha/colour-16-19x23-passes.png", "alpha/palette.png", "alpha/gray-8-19x23.png"])
  func refusesEveryBeginningOfATransparentImage(_ file: String) throws {
    let bytes = try Gallery.bytes(file)
    for length in 0..<bytes.count {
      let error = imageError { () throws(ImageError) in try decodeImage(Array(bytes.prefix(length))) }
      #expect(error != nil, "\(length) bytes")
    }
  }

  /// Earlier versions looked neither through an image nor at XMP.
  @Test func theReadingOfEarlierVersionsSeesNeitherAlphaNorXMP() throws {
    let stored = try loadPlanes(path: Gallery.path("exif/xmp-6.jpg"), as: .earlier)
    #expect(stored.notes.symmetry == .identity)
    #expect(try loadPlanes(path: Gallery.path("exif/xmp-6.jpg")).notes.symmetry == .clockwise)
    #expect(try loadPlanes(path: Gallery.path("exif/6.jpg"), as: .earlier).notes.symmetry == .clockwise)
    let image = try loadPlanes(path: Gallery.path("pngsuite/basn6a08.png"), as: .earlier)
    #expect(fnv1a(image.planes.bytes) == Gallery.expected.first { $0.file == "pngsuite/basn6a08.png" }?.planes)
  }
}
