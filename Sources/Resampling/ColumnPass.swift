extension AxisWeights {
  /// Every column of an image, resampled along its height.
  ///
  /// - Parameter image: `sourceCount` rows of equal length. What their bytes are does not matter: each is resampled with
  ///   those above and below it.
  /// - Returns: `targetCount` rows of the same length.
  public func resampleColumns(of image: Span<UInt8>) -> [UInt8] {
    if isIdentity { return image.withUnsafeBufferPointer { Array($0) } }
    let width = image.count / sourceCount
    var result = [UInt8](repeating: 0, count: targetCount * width)
    var target = result.mutableSpan
    let vectors = width / Self.lanes * Self.lanes
    for row in 0..<targetCount {
      for x in Swift.stride(from: 0, to: vectors, by: Self.lanes) { resampleVector(of: image, row, x, into: &target) }
      for x in vectors..<width { resampleByte(of: image, row, x, into: &target) }
    }
    return result
  }

  private static var lanes: Int { 16 }

  /// Sixteen neighbours of a row of the result, from column `x` on.
  @inline(__always)
  private func resampleVector(of image: Span<UInt8>, _ row: Int, _ x: Int, into target: inout MutableSpan<UInt8>) {
    let width = image.count / sourceCount
    let window = windows[row]
    let bytes = image.bytes
    var sum = SIMD16<Int32>(repeating: Self.half)
    var offset = window.lowerBound &* width &+ x
    var weight = row &* stride
    let end = weight &+ window.count
    while weight < end {
      let samples = bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: SIMD16<UInt8>.self)
      sum &+= SIMD16<Int32>(truncatingIfNeeded: samples) &* weights[weight]
      offset &+= width
      weight &+= 1
    }
    let result = SIMD16<UInt8>(truncatingIfNeeded: sum &>> Self.precision)
    var raw = target.mutableBytes
    raw.storeBytes(of: result, toByteOffset: row &* width &+ x, as: SIMD16<UInt8>.self)
  }

  @inline(__always)
  private func resampleByte(of image: Span<UInt8>, _ row: Int, _ x: Int, into target: inout MutableSpan<UInt8>) {
    let width = image.count / sourceCount
    var sum = Self.half
    for (tap, y) in windows[row].enumerated() { sum &+= Int32(image[y &* width &+ x]) &* weights[row &* stride &+ tap] }
    target[row &* width &+ x] = UInt8(truncatingIfNeeded: sum &>> Self.precision)
  }
}
