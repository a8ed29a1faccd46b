import Images
import Testing

@Suite struct DecodeTests {
  @Test func findsItsFixtures() {
    #expect(Gallery.expected.count == 173)
    #expect(Gallery.expected.allSatisfy { ($0.error == nil) == ($0.rgb != nil && $0.planes != nil) })
  }

  @Test(arguments: Gallery.expected.filter { $0.error == nil })
  func agreesWithPillow(_ expected: Expected) throws {
    let image = try decodeImage(Gallery.bytes(expected.file), as: Gallery.reading)
    #expect(image.width == expected.width)
    #expect(image.height == expected.height)
    #expect(fnv1a(image.pixels) == expected.rgb)
    #expect(
      fnv1a(try loadPlanes(path: Gallery.path(expected.file), as: Gallery.reading).planes.bytes) == expected.planes)
  }

  @Test(arguments: Gallery.expected.filter { $0.error != nil })
  func tellsWhatIsWrong(_ expected: Expected) throws {
    let bytes = try Gallery.bytes(expected.file)
    let error = try #require(imageError { () throws(ImageError) in try decodeImage(bytes) })
    #expect(error.name == expected.error, "\(error)")
    #expect(!error.description.contains("\n"))
    #expect(imageError { () throws(ImageError) in try loadPlanes(path: Gallery.path(expected.file)) } == error)
  }

  @Test func saysTheCauseInOneLine() throws {
    let said = { (file: String) in
      let bytes = try Gallery.bytes(file)
      return imageError { () throws(ImageError) in try decodeImage(bytes) }?.description
    }
    #expect(try said("png/end-missing.png") == "is cut short: the PNG ends too early; copy the file again")
    #expect(try said("png/idat-adler.png") == "is damaged: IDAT: incorrect data check; copy the file again")
    #expect(try said("png/text.png") == "is plain text; copy the image again")
    #expect(
      try said("png/huge.png")
        == "is too large: 60000 x 60000 pixels; at most 65535 x 65535 and 178956970 in all are decoded")
    #expect(try said("jpeg/cut-by-one.jpg") == "is cut short: Premature end of JPEG file; copy the file again")
    #expect(
      try said("jpeg/12-bit.jpg") == "is not supported: a JPEG of more than 8 bits a sample; save it as an ordinary one"
    )
    #expect(
      try said("jpeg/lossless.jpg")
        == "is not supported: a lossless or hierarchical JPEG; save it as an ordinary one")
    #expect(try said("jpeg/two-components.jpg")?.contains("save it in RGB") == true)
  }

  @Test(arguments: ["png/plain.png", "jpeg/plain.jpg"])
  func obeysEveryLimit(_ file: String) throws {
    let bytes = try Gallery.bytes(file)
    let image = try decodeImage(bytes)
    let (width, height) = (image.width, image.height)
    let refuses = { (limits: DecodeLimits) in
      imageError { () throws(ImageError) in try decodeImage(bytes, limits: limits) }?.name == "tooLarge"
    }
    #expect(!refuses(DecodeLimits(width: width, height: height, pixels: width * height)))
    #expect(refuses(DecodeLimits(width: width - 1)))
    #expect(refuses(DecodeLimits(height: height - 1)))
    #expect(refuses(DecodeLimits(pixels: width * height - 1)))
    #expect(refuses(DecodeLimits(width: -1)))
    #expect(!refuses(DecodeLimits(width: .max, height: .max, pixels: .max)))
  }
}
