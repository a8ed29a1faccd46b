import Tensors

extension ImageView {
  /// Fills some rows of every channel from planar bytes, [channel][row][column] or a single [row][column] that stands for
  /// every channel, by the arithmetic of `packImages`.
  /// - Parameter scales: one for each channel.
  public func load(rows: Range<Int>, _ bytes: [UInt8], scales: [PixelScale]) {
    let plane = height * width
    precondition(bytes.count == channels * plane || bytes.count == plane)
    precondition(scales.count == channels)
    bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      for channel in 0..<channels {
        let first = base + (bytes.count == plane ? 0 : channel * plane)
        for row in rows { fill(at(channel, row, 0), from: first + row * width, scales[channel]) }
      }
    }
  }

  private func fill(_ row: UnsafeMutablePointer<Float>, from bytes: UnsafePointer<UInt8>, _ scale: PixelScale) {
    let (factor, offset) = (Lanes<Float>(repeating: scale.scale), Lanes<Float>(repeating: scale.offset))
    @inline(__always) func pixels(_ bytes: SIMD16<UInt8>) -> Lanes<Float> {
      Float.multiplyAdd(Float.lanes(bytes), factor, offset)
    }
    var column = 0
    while column &+ laneCount <= width {
      let run = UnsafeRawPointer(bytes + column).loadUnaligned(as: SIMD16<UInt8>.self)
      UnsafeMutableRawPointer(row + column).storeBytes(of: pixels(run), as: Lanes<Float>.self)
      column &+= laneCount
    }
    while column < width {
      row[column] = pixels(SIMD16(repeating: bytes[column]))[0]
      column &+= 1
    }
  }
}
