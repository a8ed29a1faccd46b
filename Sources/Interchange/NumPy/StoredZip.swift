/// A ZIP archive of members that are stored, not compressed: the same bytes every time, for no time stands in it.
///
/// PKWARE, "APPNOTE.TXT: .ZIP File Format Specification", 6.3: sections 4.3.7 (local headers), 4.3.12 (the directory) and
/// 4.3.16 (its end).
package struct StoredZip {
  package init() {}

  /// What an archive holds at most, and each offset in it, without the format's later extension.
  static let sizeLimit = Int(UInt32.max)
  private static let memberLimit = Int(UInt16.max)

  private(set) var bytes: [UInt8] = []
  private var directory: [UInt8] = []
  private var count = 0

  /// - Parameter name: of bytes that are UTF-8; no other member has it.
  package mutating func add(_ name: String, _ content: [UInt8]) {
    let offset = bytes.count
    let checksum = CRC32.of(content)
    let name = Array(name.utf8)
    let facts =
      Self.version + Self.flags + Self.stored + Self.time + Self.little(UInt32(truncatingIfNeeded: checksum))
      + Self.little(UInt32(truncatingIfNeeded: content.count)) + Self.little(UInt32(truncatingIfNeeded: content.count))
      + Self.little(UInt16(truncatingIfNeeded: name.count)) + Self.little(UInt16(0))
    bytes += [0x50, 0x4B, 3, 4] + facts + name
    bytes += content
    directory += [0x50, 0x4B, 1, 2] + Self.version + facts
    // No comment, the first disk, no attributes.
    directory += Self.little(UInt16(0)) + Self.little(UInt16(0)) + Self.little(UInt16(0)) + Self.little(UInt32(0))
    directory += Self.little(UInt32(truncatingIfNeeded: offset)) + name
    count += 1
  }

  /// The whole archive; nil if it holds more than the format allows.
  /// - Parameter comment: of ASCII, at its very end.
  package func finished(comment: String) -> [UInt8]? {
    guard bytes.count + directory.count < Self.sizeLimit, count < Self.memberLimit else { return nil }
    let number = Self.little(UInt16(count))
    let end =
      [0x50, 0x4B, 5, 6] + Self.little(UInt16(0)) + Self.little(UInt16(0)) + number + number
      + Self.little(UInt32(directory.count)) + Self.little(UInt32(bytes.count))
      + Self.little(UInt16(comment.utf8.count)) + Array(comment.utf8)
    return bytes + directory + end
  }

  /// 2.0, the first version with folders and deflate; no reader asks for an earlier one.
  private static let version: [UInt8] = [20, 0]
  /// Names are UTF-8.
  private static let flags: [UInt8] = [0, 8]
  private static let stored: [UInt8] = [0, 0]
  /// Midnight of 1 January 1980, the earliest there is.
  private static let time: [UInt8] = [0, 0, 0x21, 0]

  private static func little(_ number: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
  }
}

/// The cyclic redundancy check of ZIP and PNG (ISO 3309, polynomial 0xEDB88320 reflected).
package enum CRC32 {
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { sum, _ in sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
  }

  package static func of(_ bytes: some Sequence<UInt8>) -> UInt32 {
    ~bytes.reduce(~0) { sum, byte in sum >> 8 ^ table[Int(UInt8(truncatingIfNeeded: sum) ^ byte)] }
  }
}
