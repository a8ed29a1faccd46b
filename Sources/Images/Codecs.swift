import CImageCodecs

// The fence around the C decoders: no other file of this target handles pointers.

extension Raster {
  /// Decodes a whole file. The header is checked against the limits before memory is taken for the pixels.
  init(decoding bytes: [UInt8], as format: ImageFormat, limits: DecodeLimits) throws(ImageError) {
    let bounds = codec_limits(
      width: UInt32(clamping: limits.width), height: UInt32(clamping: limits.height),
      pixels: UInt64(clamping: min(limits.pixels, DecodeLimits.ceiling)))
    var layout = codec_layout()
    try check(bytes) { file, message in
      switch format {
      case .png: codec_png_layout(file, bounds, &layout, message)
      case .jpeg: codec_jpeg_layout(file, bounds, &layout, message)
      }
    }
    width = Int(layout.width)
    height = Int(layout.height)
    channels = Int(layout.channels)
    pixels = [UInt8](repeating: 0, count: width * height * channels)
    try check(bytes) { file, message in
      pixels.withUnsafeMutableBufferPointer { pixels in
        switch format {
        case .png: codec_png_decode(file, layout, pixels.baseAddress, message)
        case .jpeg: codec_jpeg_decode(file, layout, pixels.baseAddress, message)
        }
      }
    }
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
  case .too_large, .no_memory: throw .tooLarge(reason: reason)
  }
}
