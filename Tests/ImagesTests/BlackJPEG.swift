/// A JPEG whose coefficients are all zero, made without an encoder: any size, any scans, Huffman codes of a few bits.
struct BlackJPEG {
  struct Scan {
    /// Indices of components; more than one are interleaved.
    var components: [Int]
    var spectrum = 0...63
    /// The bit that the scan starts from and the bit that it goes down to.
    var high = 0
    var low = 0
  }

  var width: Int
  var height: Int
  var components = 3
  /// Whether the first component has four blocks where the others have one.
  var isSubsampled = false
  var isProgressive = false
  var orientation: Int?
  var scans: [Scan]

  /// All coefficients in one scan.
  static func baseline(_ width: Int, _ height: Int, components: Int = 3) -> BlackJPEG {
    BlackJPEG(width: width, height: height, components: components, scans: [Scan(components: Array(0..<components))])
  }

  /// The DC coefficients of all components, and then so many scans more that each visit `spectrum` of the first one.
  static func progressive(_ width: Int, _ height: Int, scans count: Int, spectrum: ClosedRange<Int>) -> BlackJPEG {
    var file = BlackJPEG(width: width, height: height, isProgressive: true, scans: [])
    file.scans = [Scan(components: [0, 1, 2], spectrum: 0...0)]
    // After 13 refinements the same coefficients begin again, which libjpeg would warn of: other components take turns.
    for index in 0..<count {
      let round = index % 14
      let component = index / 14 % 3
      file.scans.append(
        Scan(components: [component], spectrum: spectrum, high: round == 0 ? 0 : 14 - round, low: 13 - round))
    }
    return file
  }

  var bytes: [UInt8] {
    var file: [UInt8] = [0xFF, 0xD8]
    if let orientation {
      let entry: [UInt8] = [0x12, 1, 3, 0, 1, 0, 0, 0, UInt8(orientation), 0, 0, 0]
      segment(0xE1, Array("Exif\0\0II".utf8) + [42, 0, 8, 0, 0, 0, 1, 0] + entry + [0, 0, 0, 0], of: &file)
    }
    segment(0xDB, [0] + [UInt8](repeating: 1, count: 64), of: &file)
    let sampling = (0..<components).flatMap { index -> [UInt8] in
      [UInt8(index + 1), isSubsampled && index == 0 ? 0x22 : 0x11, 0]
    }
    let size = [UInt8(height >> 8), UInt8(height & 255), UInt8(width >> 8), UInt8(width & 255)]
    let frame: [UInt8] = [8] + size + [UInt8(components)] + sampling
    segment(isProgressive ? 0xC2 : 0xC0, frame, of: &file)
    // A difference of 0 is the bit 0. The end of a block, or of 2^r blocks, has four bits.
    segment(0xC4, [0x00, 1] + [UInt8](repeating: 0, count: 15) + [0], of: &file)
    let ends = (0..<15).map { UInt8($0 << 4) }
    segment(0xC4, [0x10, 0, 0, 0, 15] + [UInt8](repeating: 0, count: 12) + ends, of: &file)
    for scan in scans { write(scan, to: &file) }
    return file + [0xFF, 0xD9]
  }

  private func segment(_ marker: UInt8, _ content: [UInt8], of file: inout [UInt8]) {
    let length = content.count + 2
    file += [0xFF, marker, UInt8(length >> 8), UInt8(length & 255)] + content
  }

  private func write(_ scan: Scan, to file: inout [UInt8]) {
    let named = scan.components.flatMap { index -> [UInt8] in [UInt8(index + 1), 0] }
    let (first, last) = (UInt8(scan.spectrum.lowerBound), UInt8(scan.spectrum.upperBound))
    let approximation = UInt8(scan.high << 4 | scan.low)
    segment(0xDA, [UInt8(scan.components.count)] + named + [first, last, approximation], of: &file)
    var bits = BitWriter()
    var left = blocks(of: scan)
    if !isProgressive {
      // A difference of 0 and the end of the block.
      for _ in 0..<left { bits.append(0, count: 5) }
    } else if first == 0 {
      bits.appendZeros(left)
    } else {
      while left > 0 {
        let power = min(14, Int.bitWidth - 1 - left.leadingZeroBitCount)
        let run = min(left, 2 << power - 1)
        bits.append(power, count: 4)
        bits.append(run - 1 << power, count: power)
        left -= run
      }
    }
    file += bits.finished
  }

  private func blocks(of scan: Scan) -> Int {
    let unit = isSubsampled ? 16 : 8
    let units = ((width + unit - 1) / unit) * ((height + unit - 1) / unit)
    if scan.components.count > 1 || components == 1 {
      return scan.components.reduce(0) { $0 + units * (isSubsampled && $1 == 0 ? 4 : 1) }
    }
    return isSubsampled && scan.components == [0] ? ((width + 7) / 8) * ((height + 7) / 8) : units
  }
}

/// Bits from the left, as JPEG's scans have them: the last byte is filled up with ones, and 0xFF is followed by 0.
private struct BitWriter {
  private var bytes: [UInt8] = []
  private var pending = 0
  private var count = 0

  mutating func append(_ value: Int, count more: Int) {
    pending = pending << more | value
    count += more
    while count >= 8 {
      count -= 8
      let byte = UInt8(truncatingIfNeeded: pending >> count)
      bytes.append(byte)
      if byte == 0xFF { bytes.append(0) }
      pending &= 1 << count - 1
    }
  }

  mutating func appendZeros(_ number: Int) {
    append(0, count: number % 8)
    bytes += repeatElement(0, count: number / 8)
  }

  var finished: [UInt8] {
    var copy = self
    if count > 0 { copy.append(1 << (8 - count) - 1, count: 8 - count) }
    return copy.bytes
  }
}
