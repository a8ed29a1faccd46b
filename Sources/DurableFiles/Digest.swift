import CDigest

/// The SHA-256 of some bytes (FIPS 180-4): tells two texts apart even if somebody wants them to look the same.
///
/// Whatever is decided against a person is decided by this one: whether a verdict is about the bytes that were
/// dropped, whether an origin was written for a manifest. `Checksum` finds damage, and no more.
public struct Digest: Sendable, Hashable {
  /// Sixty-four lower-case hexadecimal digits.
  public let hexadecimal: String

  public init(of content: [UInt8]) {
    var digits = [CChar](repeating: 0, count: 65)
    digest_sha256(content, content.count, &digits)
    hexadecimal = String(decoding: digits.prefix(64).map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
