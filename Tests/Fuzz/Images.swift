import Images

private let desk = Desk("images")

/// Bytes to the square that a network sees: kind, header, orientation, pixels, resampling. Small limits, because a large
/// image shows nothing that a small one does not.
@Sendable func readImage(_ bytes: [UInt8]) throws {
  _ = ContentKind(of: bytes)
  _ = try loadPlanes(path: desk.lay(bytes, as: "image"), limits: DecodeLimits(pixels: 1 << 16))
}
