/// FNV-1a, 64 bits: finds damage, not malice. Feed it in pieces of any size.
/// The constants are those of Fowler, Noll and Vo (draft-eastlake-fnv).
public struct Checksum: Sendable, Equatable {
  public private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  public init() {}

  public init(_ bytes: [UInt8]) {
    update(bytes)
  }

  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    var hash = value
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    value = hash
  }

  public mutating func update(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { update($0) }
  }

  /// Sixteen lower-case hexadecimal digits.
  public var hexadecimal: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

/// Eight sums side by side over words of 64 bits, each as FNV-1a with its high half folded down, and FNV-1a over those
/// and the rest: for what is read often, a dozen times as fast. Finds damage, not malice. It depends on the byte order of
/// the machine, and is for files that do not leave it.
public func wideChecksum(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
  typealias Words = SIMD8<UInt64>
  let size = MemoryLayout<Words>.size
  var sums = Words(repeating: Checksum().value)
  let whole = bytes.count / size * size
  for offset in stride(from: 0, to: whole, by: size) {
    sums =
      (sums ^ bytes.loadUnaligned(fromByteOffset: offset, as: Words.self)) &* Words(repeating: 0x0000_0100_0000_01B3)
    sums ^= sums &>> Words(repeating: 32)
  }
  var checksum = Checksum()
  withUnsafeBytes(of: sums) { checksum.update($0) }
  checksum.update(UnsafeRawBufferPointer(rebasing: bytes[whole...]))
  return checksum.value
}
