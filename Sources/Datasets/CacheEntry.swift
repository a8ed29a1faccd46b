import DurableFiles
import Images

/// A decoded image as a file of the cache.
///
/// The file holds a mark, a checksum of all that follows, the identity's length (8 bytes each), the identity of the
/// image file, and one plane or three of 256 x 256 bytes. Numbers have the machine's byte order, because a cache stays
/// on its machine.
struct CacheEntry {
  var identity: String
  var planes: ImagePlanes

  /// "KILN" in ASCII, and the number of this format.
  private static let mark: UInt64 = 0x4B49_4C4E_0000_0001
  private static let headerSize = 24
  /// The largest entry in bytes: an identity is some numbers and a path, and Linux allows paths of 4,096 bytes
  /// (PATH_MAX).
  static let largest = headerSize + 8192 + 3 * ImagePlanes.planeSize

  init(identity: String, planes: ImagePlanes) {
    self.identity = identity
    self.planes = planes
  }

  /// - Returns: nil unless every byte is as it was written.
  init?(_ file: [UInt8]) {
    let parsed = file.withUnsafeBytes { bytes -> (identity: String, start: Int)? in
      guard bytes.count >= Self.headerSize else { return nil }
      func number(_ index: Int) -> UInt64 { bytes.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self) }
      guard number(0) == Self.mark, number(1) == wideChecksum(UnsafeRawBufferPointer(rebasing: bytes[16...])),
        let length = Int(exactly: number(2)), length <= bytes.count - Self.headerSize
      else { return nil }
      let start = Self.headerSize + length
      return (String(decoding: bytes[Self.headerSize..<start], as: UTF8.self), start)
    }
    guard let parsed, let planes = ImagePlanes(checking: Array(file[parsed.start...])) else { return nil }
    identity = parsed.identity
    self.planes = planes
  }

  var bytes: [UInt8] {
    var file: [UInt8] = []
    file.reserveCapacity(Self.headerSize + identity.utf8.count + planes.planes.count)
    for number in [Self.mark, 0, UInt64(identity.utf8.count)] { withUnsafeBytes(of: number) { file += $0 } }
    file += identity.utf8
    file += planes.planes
    file.withUnsafeMutableBytes { bytes in
      let checksum = wideChecksum(UnsafeRawBufferPointer(rebasing: bytes[16...]))
      bytes.storeBytes(of: checksum, toByteOffset: 8, as: UInt64.self)
    }
    return file
  }
}
