import Images
import TemporaryFolder
import Testing

@Suite struct DamageTests {
  /// Files whose last byte belongs to the image. Every coding is there: interlaced, arithmetic, progressive, restarts.
  static let whole = [
    "png/plain.png", "png/idat-one-byte-each.png", "pngsuite/basi6a16.png", "pngsuite/basn3p04.png", "jpeg/plain.jpg",
    "jpeg/progressive.jpg", "jpeg/restarts.jpg", "jpeg/three-scans.jpg", "jpeg/cmyk-adobe.jpg",
    "libjpeg-turbo/testimgari.jpg", "exif/6.jpg", "exif/6.png",
  ]

  @Test(arguments: whole)
  func refusesEveryBeginningOfAFile(_ file: String) throws {
    let bytes = try Gallery.bytes(file)
    // Every length near the ends, where headers and trailers are, and 200 between.
    let step = max(bytes.count / 200, 1)
    for length in 0..<bytes.count where length < 64 || length > bytes.count - 64 || length % step == 0 {
      let beginning = Array(bytes.prefix(length))
      #expect(imageError { () throws(ImageError) in try decodeImage(beginning) } != nil, "\(length) bytes")
    }
  }

  /// Header, pixels and end are all under a checksum, and there is nothing else in this file.
  @Test func noticesAnyChangedByteOfAPNG() throws {
    let bytes = try Gallery.bytes("png/plain.png")
    for index in bytes.indices {
      for mask in [0x01, 0x20, 0x80] as [UInt8] {
        var changed = bytes
        changed[index] ^= mask
        #expect(imageError { () throws(ImageError) in try decodeImage(changed) } != nil, "byte \(index)")
      }
    }
  }

  /// The checksum of the pixels stands behind the last row, where libpng reads it after the image and only warns.
  @Test func noticesAWrongChecksumBehindTheLastRow() throws {
    let pixels = (0..<64).map { UInt8($0) }
    let whole = try decodeImage(png(width: 8, height: 8, pixels: pixels))
    #expect(whole.pixels == pixels.flatMap { [$0, $0, $0] })
    let damaged = png(width: 8, height: 8, pixels: pixels, checksum: 1)
    #expect(
      imageError { () throws(ImageError) in try decodeImage(damaged) } == .corrupt(reason: "IDAT: incorrect data check")
    )
  }

  /// Bytes too much between two segments of the header are passed over. Behind pixels they mean that the decoder has
  /// lost its place among them. (A few bytes there are within what libjpeg reads ahead, and nobody can tell.)
  @Test(arguments: ["jpeg/plain.jpg", "jpeg/three-scans.jpg", "jpeg/progressive.jpg", "libjpeg-turbo/testorig.jpg"])
  func bytesTooMuchAreHarmlessOnlyBeforeTheFirstScan(_ file: String) throws {
    let bytes = try Gallery.bytes(file)
    let surplus = [UInt8](repeating: 0x56, count: 40)
    let tables = try #require(bytes.indices.first { bytes[$0...].starts(with: [0xFF, 0xDB]) })
    let early = bytes[..<tables] + surplus + bytes[tables...]
    #expect(try decodeImage(Array(early)) == decodeImage(bytes))
    let end = try #require(bytes.indices.last { bytes[$0...].starts(with: [0xFF, 0xD9]) })
    let late = bytes[..<end] + surplus + bytes[end...]
    let error = imageError { () throws(ImageError) in try decodeImage(Array(late)) }
    #expect(error?.name == "corrupt")
  }

  /// Sixteen ones are no Huffman code of these tables. libjpeg-turbo's fast way takes them for a zero without a word, and
  /// is in step again behind them.
  @Test(arguments: [1, 3])
  func aCodeThatDoesNotExistIsNoticed(components: Int) throws {
    let bytes = BlackJPEG.baseline(1024, 1024, components: components).bytes
    #expect(try decodeImage(bytes).pixels.allSatisfy { $0 == 128 })
    let scan = try #require(bytes.indices.first { bytes[$0...].starts(with: [0xFF, 0xDA]) })
    for place in stride(from: scan + 20, to: bytes.count - 20, by: 397) {
      let damaged = bytes[..<place] + [0xFF, 0, 0xFF, 0, 0x80] + bytes[(place + 3)...]
      let error = imageError { () throws(ImageError) in try decodeImage(Array(damaged)) }
      #expect(error == .corrupt(reason: "Corrupt JPEG data: bad Huffman code"), "at byte \(place)")
    }
  }

  /// A sector of a disk that was lost, anywhere in the pixels.
  @Test(arguments: ["testorig.jpg", "testimgint.jpg"])
  func aSectorOfZerosIsNoticed(_ file: String) throws {
    let bytes = try Gallery.bytes("libjpeg-turbo/\(file)")
    let scan = try #require(bytes.indices.first { bytes[$0...].starts(with: [0xFF, 0xDA]) })
    for start in stride(from: scan + 16, to: bytes.count - 512, by: 37) {
      var damaged = bytes
      for index in start..<start + 512 { damaged[index] = 0 }
      let error = imageError { () throws(ImageError) in try decodeImage(damaged) }
      #expect(error != nil, "zeros from byte \(start) on")
    }
  }

  /// No crash and no image of another size, whatever the bytes; sanitizers see more of this.
  @Test(arguments: whole)
  func survivesRandomChanges(_ file: String) throws {
    let bytes = try Gallery.bytes(file)
    var dice = Dice(state: 7)
    for _ in 0..<150 {
      var changed = bytes
      for _ in 0..<Int.random(in: 1...8, using: &dice) {
        changed[Int.random(in: 0..<changed.count, using: &dice)] = UInt8.random(in: 0...255, using: &dice)
      }
      if let image = try? decodeImage(changed, limits: DecodeLimits(pixels: 1_000_000)) {
        #expect(image.pixels.count == 3 * image.width * image.height)
      }
    }
  }

  @Test func survivesNoise() {
    var dice = Dice(state: 11)
    for start in [[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], [0xFF, 0xD8, 0xFF]] as [[UInt8]] {
      for _ in 0..<300 {
        let noise = (0..<Int.random(in: 0...200, using: &dice)).map { _ in UInt8.random(in: 0...255, using: &dice) }
        #expect(imageError { () throws(ImageError) in try decodeImage(start + noise) } != nil)
      }
    }
  }
}

/// SplitMix64 (Steele, Lea and Flood 2014): the same changes in every run.
struct Dice: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
