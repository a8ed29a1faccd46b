import Foundation
import Images
import TemporaryFolder
import Testing

/// JPEGs of few bytes that promise much work: each is used within its memory, or refused by a rule that says itself.
@Suite(.timeLimit(.minutes(2))) struct JPEGCostTests {
  /// The largest square that has fewer pixels than the limit.
  private static let side = 13_376

  private func load(_ bytes: [UInt8], as reading: ImageReading = ImageReading()) throws -> LoadedImage {
    let folder = try TemporaryFolder()
    try Data(bytes).write(to: URL(fileURLWithPath: folder("image.jpg")))
    return try loadPlanes(path: folder("image.jpg"), as: reading)
  }

  private func reason(_ bytes: [UInt8], as reading: ImageReading = ImageReading()) -> String? {
    do {
      _ = try load(bytes, as: reading)
      return nil
    } catch {
      return "\(error)"
    }
  }

  /// Each coefficient is half way between black and white.
  private func isGray(_ image: LoadedImage) -> Bool { image.planes.bytes.allSatisfy { $0 == 128 } }

  @Test func oneScanIsDecodedAtAnEighth() throws {
    let image = try load(BlackJPEG.baseline(Self.side, Self.side).bytes)
    #expect(isGray(image) && image.notes.reduction == 8)
  }

  @Test func fourChannelsToBeTurnedAreDecodedAtAnEighth() throws {
    var file = BlackJPEG.baseline(Self.side, Self.side - 11, components: 4)
    file.orientation = 6
    let image = try load(file.bytes)
    // (1 - C)(1 - K), of halves
    #expect(image.planes.bytes.allSatisfy { $0 == 64 } && image.notes.symmetry == .clockwise)
  }

  /// cjpeg wrote them: 208 and 364 bytes for 179 million pixels without subsampling.
  @Test func arithmeticCodingCostsNoMore() throws {
    #expect(try isGray(loadPlanes(path: Gallery.path("costly/arithmetic-sequential.jpg"))))
    #expect(try reason(Gallery.bytes("costly/arithmetic-progressive.jpg"))?.contains("baseline JPEG") == true)
  }

  @Test func aWholeImageBeyondTheMemoryIsRefused() {
    let said = reason(BlackJPEG.baseline(Self.side, Self.side).bytes, as: ImageReading(scaling: false))
    #expect(
      said == """
        is too large: 13376 x 13376 pixels take 553 MB to decode, and an image may take 268 MB; make it smaller
        """)
  }

  /// Every coefficient of the image is kept until the last scan.
  @Test(arguments: [false, true])
  func progressiveFilesBeyondTheMemoryAreRefused(isSubsampled: Bool) {
    var file = BlackJPEG.progressive(Self.side, Self.side, scans: 198, spectrum: 1...63)
    file.isSubsampled = isSubsampled
    #expect(reason(file.bytes)?.contains("or save it as a baseline JPEG") == true)
  }

  /// Within the memory, but with scans that would visit every coefficient again and again.
  @Test(arguments: [1...63, 5...5])
  func manyScansAreRefused(spectrum: ClosedRange<Int>) {
    let file = BlackJPEG.progressive(6000, 6000, scans: 198, spectrum: spectrum)
    let said = reason(file.bytes)
    #expect(said == "is too large: its scans visit more than 536870912 coefficients; save it with fewer scans")
  }

  /// What cameras make is decoded: 24 megapixels, progressive in ten scans, with and without subsampling.
  @Test(arguments: [false, true])
  func aCamerasPhotographIsDecoded(isSubsampled: Bool) throws {
    var file = BlackJPEG(
      width: 6000, height: 4000, isSubsampled: isSubsampled, isProgressive: true,
      scans: [.init(components: [0, 1, 2], spectrum: 0...0, low: 1)])
    for component in 0..<3 {
      file.scans.append(.init(components: [component], spectrum: 1...63, low: 2))
      file.scans.append(.init(components: [component], spectrum: 1...63, high: 2, low: 1))
      file.scans.append(.init(components: [component], spectrum: 1...63, high: 1, low: 0))
    }
    #expect(try isGray(load(file.bytes)))
    file.scans = file.scans.filter { $0.spectrum == 0...0 }
    #expect(try isGray(load(file.bytes, as: ImageReading(scaling: false))))
  }
}
