import CImageCodecs

// The fence around the C decoders: no other file of this target calls them.

extension ImageReading {
  fileprivate var choices: codec_choices {
    switch alpha {
    case .white: codec_choices(drops_alpha: false, background: (255, 255, 255))
    case .black: codec_choices(drops_alpha: false, background: (0, 0, 0))
    case .colour(let red, let green, let blue): codec_choices(drops_alpha: false, background: (red, green, blue))
    case .drop: codec_choices(drops_alpha: true, background: (0, 0, 0))
    }
  }
}

/// What the header of a file says of its image.
struct ImageLayout {
  let width: Int
  let height: Int
  /// One is gray, three are red, green, blue.
  let channels: Int
  /// What the decoder takes for itself, at most, in bytes.
  let working: Int

  /// The bytes of the decoded pixels.
  var pixelBytes: Int { width * height * channels }

  /// Reads a header, and checks it against the limits before anybody takes memory for the pixels.
  init(
    of bytes: [UInt8], as format: ImageFormat, _ reading: ImageReading, limits: DecodeLimits
  ) throws(ImageError) {
    let bounds = codec_limits(
      width: UInt32(clamping: limits.width), height: UInt32(clamping: limits.height),
      pixels: UInt64(clamping: min(limits.pixels, DecodeLimits.ceiling)))
    var layout = codec_layout()
    try check(bytes) { file, message in format.readLayout(file, reading.choices, bounds, &layout, message) }
    width = Int(layout.width)
    height = Int(layout.height)
    channels = Int(layout.channels)
    working = Int(clamping: layout.working)
  }

  fileprivate var inC: codec_layout {
    codec_layout(
      width: UInt32(width), height: UInt32(height), channels: UInt32(channels), working: UInt64(working))
  }
}

extension Raster {
  /// Decodes a whole file.
  init(
    decoding bytes: [UInt8], as format: ImageFormat, _ reading: ImageReading, _ layout: ImageLayout
  ) throws(ImageError) {
    let memory = try PixelMemory(count: layout.pixelBytes)
    var notes = codec_notes()
    try check(bytes) { file, message in
      memory.fill { pixels in format.decode(file, reading.choices, layout.inC, pixels.baseAddress, &notes, message) }
    }
    width = layout.width
    height = layout.height
    channels = layout.channels
    pixels = memory
    isTransparent = notes.is_transparent
  }
}

/// Runs a decoder over the bytes of a file and turns its status and message into an error.
private func check(_ bytes: [UInt8], _ decode: (codec_bytes, codec_message) -> codec_status) throws(ImageError) {
  var text = [CChar](repeating: 0, count: 256)
  let status = text.withUnsafeMutableBufferPointer { text in
    bytes.withUnsafeBufferPointer { bytes in
      decode(
        codec_bytes(start: bytes.baseAddress, count: bytes.count),
        codec_message(text: text.baseAddress, capacity: text.count))
    }
  }
  let reason = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  switch status {
  case .ok: return
  case .truncated: throw .truncated(reason: reason)
  case .corrupt: throw .corrupt(reason: reason)
  case .unsupported: throw .unsupported(reason: reason)
  case .too_large: throw .tooLarge(reason: reason)
  case .no_memory: throw .noMemory(bytes: nil)
  }
}
