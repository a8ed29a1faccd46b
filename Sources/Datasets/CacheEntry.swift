import DurableFiles
import Images

/// A decoded image as a file of the cache.
///
/// The file holds a mark, a checksum of all that follows, the length of its text (8 bytes each), the text, and one plane
/// or three of 256 x 256 bytes. The text is the identity of the image file, and behind the last newline what there is to
/// say of how it was read. Numbers have the machine's byte order, because a cache stays on its machine.
struct CacheEntry {
  var identity: String
  var image: LoadedImage

  /// "KILN" in ASCII, and the number of this format.
  private static let mark: UInt64 = 0x4B49_4C4E_0000_0002
  private static let headerSize = 24
  /// The largest entry in bytes: an identity is some numbers and a path, and Linux allows paths of 4,096 bytes
  /// (PATH_MAX).
  static let largest = headerSize + 8192 + 3 * ImagePlanes.planeSize

  init(identity: String, image: LoadedImage) {
    self.identity = identity
    self.image = image
  }

  /// - Returns: nil unless every byte is as it was written.
  init?(_ file: [UInt8]) {
    let parsed = file.withUnsafeBytes { bytes -> (text: String, start: Int)? in
      guard bytes.count >= Self.headerSize else { return nil }
      func number(_ index: Int) -> UInt64 { bytes.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self) }
      guard number(0) == Self.mark, number(1) == wideChecksum(UnsafeRawBufferPointer(rebasing: bytes[16...])),
        let length = Int(exactly: number(2)), length <= bytes.count - Self.headerSize
      else { return nil }
      let start = Self.headerSize + length
      return (String(decoding: bytes[Self.headerSize..<start], as: UTF8.self), start)
    }
    guard let parsed, let planes = ImagePlanes(checking: Array(file[parsed.start...])),
      let newline = parsed.text.utf8.lastIndex(of: UInt8(ascii: "\n")),
      let notes = ImageNotes(cached: parsed.text[parsed.text.utf8.index(after: newline)...])
    else { return nil }
    identity = String(parsed.text[..<newline])
    image = LoadedImage(planes, notes: notes)
  }

  var bytes: [UInt8] {
    let text = Array("\(identity)\n\(image.notes.cached)".utf8)
    var file: [UInt8] = []
    file.reserveCapacity(Self.headerSize + text.count + image.planes.planes.count)
    for number in [Self.mark, 0, UInt64(text.count)] { withUnsafeBytes(of: number) { file += $0 } }
    file += text
    file += image.planes.planes
    file.withUnsafeMutableBytes { bytes in
      let checksum = wideChecksum(UnsafeRawBufferPointer(rebasing: bytes[16...]))
      bytes.storeBytes(of: checksum, toByteOffset: 8, as: UInt64.self)
    }
    return file
  }
}

extension ImageNotes {
  fileprivate var cached: String {
    "\(width) \(height) \(symmetry.rawValue) \(isTransparent ? 1 : 0) \(reduction) \(format)"
  }

  fileprivate init?(cached text: Substring) {
    let words = text.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: false)
    let numbers = words.prefix(5).compactMap { Int($0) }
    guard numbers.count == 5, words.count == 6, let symmetry = Symmetry(rawValue: numbers[2]) else { return nil }
    self.init(
      format: String(words[5]), width: numbers[0], height: numbers[1], symmetry: symmetry,
      isTransparent: numbers[3] == 1, reduction: numbers[4])
  }
}
