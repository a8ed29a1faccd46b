public import DurableFiles

/// Why an image cannot be used; one line, without the file's name, which the caller knows.
public enum ImageError: Error, Equatable, CustomStringConvertible {
  case unreadable(FileError)
  /// Neither PNG nor JPEG by its first bytes.
  case notAnImage
  case truncated(reason: String)
  case corrupt(reason: String)
  case unsupported(reason: String)
  case tooLarge(reason: String)
  case outOfMemory

  public var description: String {
    switch self {
    case .unreadable(let error): "\(error)"
    case .notAnImage: "neither a PNG nor a JPEG file by its first bytes"
    case .truncated(let reason): "the file ends before the image does (\(reason))"
    case .corrupt(let reason): "damaged (\(reason))"
    case .unsupported(let reason): "a kind of image that is not read (\(reason))"
    case .tooLarge(let reason): "larger than the limits allow (\(reason))"
    case .outOfMemory: "not enough memory to decode it"
    }
  }
}

/// What is read at most; a header that asks for more is refused before memory is taken for it.
public struct DecodeLimits: Sendable, Equatable {
  public var fileBytes: Int
  public var longestSide: Int
  public var pixels: Int

  public init(fileBytes: Int, longestSide: Int, pixels: Int) {
    self.fileBytes = fileBytes
    self.longestSide = longestSide
    self.pixels = pixels
  }

  /// 256 MiB, 65,500 pixels a side (JPEG's own limit), 178 million pixels in all (Pillow's bomb limit, doubled).
  public static let standard = DecodeLimits(fileBytes: 256 << 20, longestSide: 65_500, pixels: 178_956_970)
}
