/// The kinds of file that are decoded, told apart by content: names lie.
enum ImageFormat {
  case png, jpeg

  init(of bytes: [UInt8]) throws(ImageError) {
    if bytes.isEmpty { throw .truncated(reason: "the file is empty") }
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) {
      self = .png
    } else if bytes.starts(with: [0xFF, 0xD8]) {
      self = .jpeg
    } else {
      throw .unsupported(reason: "neither PNG nor JPEG; convert it to one of them")
    }
  }
}
