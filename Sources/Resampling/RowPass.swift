extension AxisWeights {
  /// Every row of an image, resampled along its width.
  ///
  /// - Parameters:
  ///   - image: rows of `sourceCount` pixels, each of `channels` interleaved bytes.
  ///   - channels: 1 or 3.
  /// - Returns: as many rows of `targetCount` pixels, interleaved in the same way.
  public func resampleRows(of image: Span<UInt8>, channels: Int) -> [UInt8] {
    precondition(channels == 1 || channels == 3, "pixels have one channel or three")
    if isIdentity { return image.withUnsafeBufferPointer { Array($0) } }
    let rows = image.count / (sourceCount * channels)
    var result = [UInt8](repeating: 0, count: rows * targetCount * channels)
    var target = result.mutableSpan
    for row in 0..<rows {
      let source = image.extracting(row * sourceCount * channels..<image.count)
      let place = row * targetCount * channels
      // Pixels of three bytes are loaded as four: of the very last pixel there are only three.
      if channels == 3 && row < rows - 1 {
        resampleColours(source.bytes, into: &target, at: place)
      } else {
        for channel in 0..<channels { resample(channel, of: channels, source, into: &target, at: place) }
      }
    }
    return result
  }

  /// A row of three channels: the lanes of a vector are a pixel's channels, and the next pixel's first, which is left out.
  private func resampleColours(_ row: RawSpan, into target: inout MutableSpan<UInt8>, at start: Int) {
    let (weights, windows) = (weights.span, windows.span)
    var place = start
    for index in 0..<targetCount {
      let window = windows[index]
      var sum = SIMD4<Int32>(repeating: Self.half)
      var offset = 3 &* window.lowerBound
      var weight = index &* stride
      let end = weight &+ window.count
      while weight < end {
        let pixel = row.unsafeLoadUnaligned(fromByteOffset: offset, as: SIMD4<UInt8>.self)
        sum &+= SIMD4<Int32>(truncatingIfNeeded: pixel) &* weights[weight]
        offset &+= 3
        weight &+= 1
      }
      let bytes = SIMD4<UInt8>(truncatingIfNeeded: sum &>> Self.precision)
      for channel in 0..<3 { target[place &+ channel] = bytes[channel] }
      place &+= 3
    }
  }

  /// One channel of a row.
  private func resample(
    _ channel: Int, of channels: Int, _ row: Span<UInt8>, into target: inout MutableSpan<UInt8>, at start: Int
  ) {
    let (weights, windows) = (weights.span, windows.span)
    for index in 0..<targetCount {
      let window = windows[index]
      var sum = Self.half
      var weight = index &* stride
      // Two to four taps as a rule: too few for the vectors that a loop over a span would be compiled to.
      var sample = window.lowerBound
      while sample < window.upperBound {
        sum &+= Int32(row[sample &* channels &+ channel]) &* weights[weight]
        sample &+= 1
        weight &+= 1
      }
      target[start &+ index &* channels &+ channel] = UInt8(truncatingIfNeeded: sum &>> Self.precision)
    }
  }
}
