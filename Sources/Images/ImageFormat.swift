import CImageCodecs

/// A kind of image file that is decoded. Files are told apart by their first bytes: names lie.
///
/// A new format is a file of `Formats` and a line of `all`, beside its functions in CImageCodecs.
struct ImageFormat: Sendable {
  typealias ReadLayout =
    @Sendable (codec_bytes, codec_choices, codec_limits, UnsafeMutablePointer<codec_layout>?, codec_message) ->
    codec_status
  typealias Decode =
    @Sendable (
      codec_bytes, codec_choices, codec_layout, UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<codec_notes>?,
      codec_message
    ) -> codec_status

  /// What people call it.
  let name: String
  /// With the dot, in small letters: which files of a class folder are images.
  let suffixes: [String]
  /// The bytes that every file of this kind begins with.
  let magic: [UInt8]
  /// What the header says of the pixels; see CImageCodecs.
  let readLayout: ReadLayout
  let decode: Decode
  /// By what the decoder can divide the sides of an image while it decodes; 1 is among them.
  let reductions: [Int]
  /// The TIFF block that holds the orientation; nil if there is none.
  let exif: @Sendable ([UInt8]) -> ArraySlice<UInt8>?
  /// The XMP packet; nil if there is none.
  let xmp: @Sendable ([UInt8]) -> ArraySlice<UInt8>?

  static let all: [ImageFormat] = [
    .png,
    .jpeg,
  ]

  init(
    name: String, suffixes: [String], magic: [UInt8], readLayout: @escaping ReadLayout, decode: @escaping Decode,
    reductions: [Int] = [1], exif: @escaping @Sendable ([UInt8]) -> ArraySlice<UInt8>?,
    xmp: @escaping @Sendable ([UInt8]) -> ArraySlice<UInt8>?
  ) {
    self.name = name
    self.suffixes = suffixes
    self.magic = magic
    self.readLayout = readLayout
    self.decode = decode
    self.reductions = reductions
    self.exif = exif
    self.xmp = xmp
  }

  /// The format of a file's content.
  init(of bytes: [UInt8]) throws(ImageError) {
    if bytes.isEmpty { throw .truncated(reason: "the file is empty") }
    guard let format = Self.all.first(where: { bytes.starts(with: $0.magic) }) else {
      if let kind = ContentKind(of: bytes) { throw .otherKind(kind) }
      let names = Self.all.map(\.name).joined(separator: " nor ")
      throw .unsupported(reason: "neither \(names); convert it to one of them")
    }
    self = format
  }

  /// How the picture is to be turned to be seen upright; as it is if nothing says so.
  func orientation(of bytes: [UInt8], _ reading: ImageReading) -> Symmetry {
    var number = exif(bytes).flatMap(orientationNumber(inTIFF:))
    if number == nil, reading.looksAtXMP { number = xmp(bytes).flatMap(orientationNumber(inXMP:)) }
    return number.flatMap(Symmetry.init(rawValue:)) ?? .identity
  }
}

/// How the names of image files end, with the dot, in small letters.
public let imageSuffixes: [String] = ImageFormat.all.flatMap(\.suffixes)

/// Whether a file of this name is taken for an image where nothing else says which files are: it ends as names of images
/// do, in any case, and has something before that.
public func isImageName(_ name: String) -> Bool {
  let bytes = name.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
  return imageSuffixes.contains { suffix in
    bytes.count > suffix.utf8.count && bytes.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
  }
}

/// Whether bytes begin as an image of a format that is decoded; nil if there are too few to say, and none of them speaks
/// against it.
public func beginsAsImage(_ bytes: [UInt8]) -> Bool? {
  if ImageFormat.all.contains(where: { bytes.starts(with: $0.magic) }) { return true }
  return ImageFormat.all.contains { $0.magic.starts(with: bytes) } ? nil : false
}
