/// A gray PNG of 8 bits, stored rather than compressed.
///
/// - Parameters:
///   - pixels: row after row; at most 65,000 bytes with one more for each row.
///   - checksum: of the compressed stream, in a chunk of its own behind the last row; the right one if nil.
public func png(width: Int, height: Int, pixels: [UInt8], checksum: UInt32? = nil) -> [UInt8] {
  var rows: [UInt8] = []
  for row in 0..<height { rows += [0] + pixels[(row * width)..<((row + 1) * width)] }
  let length = [UInt8(rows.count & 255), UInt8(rows.count >> 8)]
  let stored = [0x78, 0x01, 0x01] + length + length.map { ~$0 } + rows
  let end = checksum.map { [bigEndian($0)] } ?? []
  return file(width, height, end.isEmpty ? [stored + bigEndian(adler32(rows))] : [stored] + end)
}

/// A gray PNG of 8 bits whose rows are compressed already.
public func png(width: Int, height: Int, stream: [UInt8]) -> [UInt8] { file(width, height, [stream]) }

/// A black gray PNG of any size, in a hundred and fiftieth of its pixels' bytes: one literal zero, then copies of 258 bytes.
///
/// - Parameter rows: that are stored; as many as the header says if nil.
public func blackPNG(width: Int, height: Int, rows: Int? = nil) -> [UInt8] {
  let bytes = (width + 1) * (rows ?? height)
  var stream = Bits(bytes: [0x78, 0x01])
  // The last block, with the fixed codes of RFC 1951, section 3.2.6.
  stream.add(0b1, 1)
  stream.add(0b01, 2)
  for _ in 0..<(1 + (bytes - 1) % 258) { stream.add(0b0000_1100, 8) }
  for _ in 0..<((bytes - 1) / 258) {
    stream.add(0b1010_0011, 8)
    stream.add(0, 5)
  }
  stream.add(0, 7)
  let checksum = UInt32(bytes % 65521) << 16 | 1
  return file(width, height, [stream.whole + bigEndian(checksum)])
}

/// A PNG of 8 bits that is black everywhere: what it shows is in its alpha alone, row after row.
public func shadowPNG(width: Int, height: Int, alpha: [UInt8]) -> [UInt8] {
  var rows: [UInt8] = []
  for row in 0..<height { rows += [0] + alpha[(row * width)..<((row + 1) * width)].flatMap { [0, 0, 0, $0] } }
  let length = [UInt8(rows.count & 255), UInt8(rows.count >> 8)]
  let stored = [0x78, 0x01, 0x01] + length + length.map { ~$0 } + rows
  return file(width, height, [stored + bigEndian(adler32(rows))], colour: 6)
}

private func file(_ width: Int, _ height: Int, _ data: [[UInt8]], colour: UInt8 = 0) -> [UInt8] {
  let header = bigEndian(UInt32(width)) + bigEndian(UInt32(height)) + [8, colour, 0, 0, 0]
  return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", header)
    + data.flatMap { chunk("IDAT", $0) } + chunk("IEND", [])
}

/// Bits, the first of them the lowest of a byte.
private struct Bits {
  var bytes: [UInt8]
  private var open: UInt32 = 0
  private var count: UInt32 = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func add(_ bits: UInt32, _ number: UInt32) {
    open |= bits << count
    count += number
    while count >= 8 {
      bytes.append(UInt8(truncatingIfNeeded: open))
      open >>= 8
      count -= 8
    }
  }

  /// With the last byte filled up.
  var whole: [UInt8] { count > 0 ? bytes + [UInt8(truncatingIfNeeded: open)] : bytes }
}

/// A chunk of a PNG, with its length and its checksum.
public func chunk(_ kind: String, _ content: [UInt8]) -> [UInt8] {
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
