/// A gray PNG of 8 bits, stored rather than compressed.
///
/// - Parameter pixels: row after row; at most 65,000 bytes with one more for each row.
func png(width: Int, height: Int, pixels: [UInt8]) -> [UInt8] {
  var rows: [UInt8] = []
  for row in 0..<height { rows += [0] + pixels[(row * width)..<((row + 1) * width)] }
  let length = [UInt8(rows.count & 255), UInt8(rows.count >> 8)]
  let stored = [0x78, 0x01, 0x01] + length + length.map { ~$0 } + rows + bigEndian(adler32(rows))
  let header = bigEndian(UInt32(width)) + bigEndian(UInt32(height)) + [8, 0, 0, 0, 0]
  return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", header) + chunk("IDAT", stored)
    + chunk("IEND", [])
}

private func chunk(_ kind: String, _ content: [UInt8]) -> [UInt8] {
  let body = Array(kind.utf8) + content
  return bigEndian(UInt32(content.count)) + body + bigEndian(crc32(body))
}

private func bigEndian(_ value: UInt32) -> [UInt8] {
  [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
}

private func crc32(_ bytes: [UInt8]) -> UInt32 {
  var checksum: UInt32 = ~0
  for byte in bytes {
    checksum ^= UInt32(byte)
    for _ in 0..<8 { checksum = checksum & 1 == 0 ? checksum >> 1 : checksum >> 1 ^ 0xEDB8_8320 }
  }
  return ~checksum
}

private func adler32(_ bytes: [UInt8]) -> UInt32 {
  let (low, high) = bytes.reduce((UInt32(1), UInt32(0))) { sums, byte in
    let low = (sums.0 + UInt32(byte)) % 65521
    return (low, (sums.1 + low) % 65521)
  }
  return high << 16 | low
}
