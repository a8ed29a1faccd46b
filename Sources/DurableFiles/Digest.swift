import Crypto

/// The SHA-256 of some bytes (FIPS 180-4): tells two texts apart even if somebody wants them to look the same.
///
/// Whatever is decided against a person is decided by this one: whether a verdict is about the bytes that were
/// dropped, whether an origin was written for a manifest. `Checksum` finds damage, and no more.
public struct Digest: Sendable, Hashable {
  private let bytes: [UInt8]

  public init(of content: [UInt8]) {
    bytes = Array(SHA256.hash(data: content))
  }

  /// Sixty-four lower-case hexadecimal digits.
  public var hexadecimal: String {
    var text = ""
    for byte in bytes { text += (byte < 16 ? "0" : "") + String(byte, radix: 16) }
    return text
  }
}
