/// The largest file and image that is worth reading. A header beyond it is refused before anything is allocated.
public struct DecodeLimits: Sendable, Equatable {
  /// The size of the file.
  public var fileBytes: Int
  public var width: Int
  public var height: Int
  /// Width times height; three bytes each are needed. More than 2^31 are never decoded.
  public var pixels: Int

  static let ceiling = 1 << 31

  public init(fileBytes: Int = 256 << 20, width: Int = 65_535, height: Int = 65_535, pixels: Int = 178_956_970) {
    self.fileBytes = fileBytes
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// 256 MiB, the pixels beyond which Pillow refuses a bomb, and the greatest sides that a JPEG can have.
  public static let standard = DecodeLimits()
}
