extension AxisWeights {
  /// Every column of an image, resampled along its height.
  ///
  /// - Parameters:
  ///   - image: planes of `sourceCount` rows of equal length. What their bytes are does not matter: each is resampled with
  ///     those above and below it.
  ///   - planes: how many there are, one after the other.
  /// - Returns: as many planes of `targetCount` rows of the same length.
  public func resampleColumns(of image: Span<UInt8>, planes: Int = 1) -> [UInt8] {
    if isIdentity { return image.withUnsafeBufferPointer { Array($0) } }
    let size = image.count / planes
    let targetSize = size / sourceCount * targetCount
    var result = [UInt8](repeating: 0, count: planes * targetSize)
    var target = result.mutableSpan
    for plane in 0..<planes {
      resample(image.extracting(plane * size..<(plane + 1) * size), into: &target, at: plane * targetSize)
    }
    return result
  }

  private func resample(_ plane: Span<UInt8>, into target: inout MutableSpan<UInt8>, at start: Int) {
    let width = plane.count / sourceCount
    let vectors = width / Self.lanes * Self.lanes
    for row in 0..<targetCount {
      let place = start + row * width
      for x in Swift.stride(from: 0, to: vectors, by: Self.lanes) {
        resampleVector(of: plane, row, x, into: &target, at: place + x)
      }
      for x in vectors..<width { target[place + x] = resampledByte(of: plane, row, x) }
    }
  }

  private static var lanes: Int { 16 }

  /// Sixteen neighbours of a row of the result, from column `x` on.
  @inline(__always)
  private func resampleVector(
    of image: Span<UInt8>, _ row: Int, _ x: Int, into target: inout MutableSpan<UInt8>, at place: Int
  ) {
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
    raw.storeBytes(of: result, toByteOffset: place, as: SIMD16<UInt8>.self)
  }

  @inline(__always)
  private func resampledByte(of image: Span<UInt8>, _ row: Int, _ x: Int) -> UInt8 {
    let width = image.count / sourceCount
    var sum = Self.half
    for (tap, y) in windows[row].enumerated() { sum &+= Int32(image[y &* width &+ x]) &* weights[row &* stride &+ tap] }
    return UInt8(truncatingIfNeeded: sum &>> Self.precision)
  }
}
