/// The largest file and image that is worth reading. What a header promises beyond it is refused before anything is
/// allocated for the pixels.
public struct DecodeLimits: Sendable, Equatable {
  /// The size of the file.
  public var fileBytes: Int
  public var width: Int
  public var height: Int
  /// Width times height; three bytes each are needed. More than 2^31 are never decoded.
  public var pixels: Int
  /// The bytes of memory that decoding and resampling one image may take beside its file: the decoded pixels and what the
  /// decoder needs for itself.
  ///
  /// A JPEG in one scan needs little where it may be decoded at a smaller scale. A progressive JPEG needs two bytes for
  /// each coefficient of the whole image until its last scan is read: 72 MB for 24 megapixels with the usual subsampling
  /// of colours, 144 MB without.
  public var memory: Int

  static let ceiling = 1 << 31

  public init(
    fileBytes: Int = 256 << 20, width: Int = 65_535, height: Int = 65_535, pixels: Int = 178_956_970,
    memory: Int = 256 << 20
  ) {
    self.fileBytes = fileBytes
    self.width = width
    self.height = height
    self.pixels = pixels
    self.memory = memory
  }

  /// 256 MiB for the file and for the memory, the pixels beyond which Pillow refuses a bomb, and the greatest sides that
  /// a JPEG can have.
  public static let standard = DecodeLimits()

  /// - Parameter needed: the bytes of memory.
  func check(_ needed: Int, for layout: ImageLayout) throws(ImageError) {
    guard needed > memory else { return }
    let isInScans = layout.working > layout.pixelBytes
    throw .tooLarge(
      reason: """
        \(layout.width) x \(layout.height) pixels take \(needed / 1_000_000) MB to decode, and an image may take \
        \(memory / 1_000_000) MB; make it smaller\(isInScans ? ", or save it as a baseline JPEG" : "")
        """)
  }
}
