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

/// Done once, when the first image is decoded.
private let keepsFreedMemory: Void = codec_keep_freed_memory()

/// What the header of a file says of its image, and how it is to be decoded.
struct ImageLayout {
  /// As stored.
  let width: Int
  let height: Int
  /// One is gray, three are red, green, blue.
  let channels: Int
  /// What the decoder takes for itself, at most, in bytes.
  let working: Int
  /// How many columns, and rows, become one decoded pixel.
  private(set) var reduction = 1

  var decodedWidth: Int { (width + reduction - 1) / reduction }
  var decodedHeight: Int { (height + reduction - 1) / reduction }
  /// The bytes of the decoded pixels.
  var pixelBytes: Int { decodedWidth * decodedHeight * channels }
  /// The bytes of memory that decoding takes beside the file, at most.
  var decodingMemory: Int { pixelBytes + working }

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

  /// The same image, decoded at the smallest size that the format offers and that has at least nine pixels for eight
  /// of the square's. With fewer, the reduction's own filter would show (docs/0025).
  func reduced(for resize: ImageReading.Resize, as format: ImageFormat) -> ImageLayout {
    // The side that is brought to the square's.
    let length = resize == .fit ? max(width, height) : min(width, height)
    var layout = self
    layout.reduction = format.reductions.filter { 8 * length >= 9 * ImagePlanes.side * $0 }.max() ?? 1
    return layout
  }

  fileprivate var inC: codec_layout {
    codec_layout(
      width: UInt32(width), height: UInt32(height), channels: UInt32(channels), reduction: UInt32(reduction),
      working: UInt64(working))
  }
}

extension Raster {
  /// Decodes a whole file.
  init(
    decoding bytes: [UInt8], as format: ImageFormat, _ reading: ImageReading, _ layout: ImageLayout
  ) throws(ImageError) {
    _ = keepsFreedMemory
    let memory = try PixelMemory(count: layout.pixelBytes)
    var notes = codec_notes()
    try check(bytes) { file, message in
      memory.fill { pixels in format.decode(file, reading.choices, layout.inC, pixels.baseAddress, &notes, message) }
    }
    width = layout.decodedWidth
    height = layout.decodedHeight
    widthCovered = Double(layout.width) / Double(layout.reduction)
    heightCovered = Double(layout.height) / Double(layout.reduction)
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
