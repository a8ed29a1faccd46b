/// Antialiased bilinear resampling along one axis, with the integers that Pillow computes with.
///
/// An output pixel is a weighted mean of the inputs under a triangle as wide as the scale, at least one pixel
/// to each side. Weights are rounded to 22 bits after the point, so that the result is the same on any machine
/// and equal to `Image.resize(…, Image.BILINEAR)`.
struct Resampling {
  static let fractionBits = 32 - 8 - 2

  /// For each output: the first input and its weights.
  let taps: [(first: Int, weights: [Int32])]

  init(from inputs: Int, to outputs: Int) {
    let scale = Double(inputs) / Double(outputs)
    let reach = max(scale, 1)
    taps = (0..<outputs).map { output in
      let center = (Double(output) + 0.5) * scale
      let first = max(0, Int(center - reach + 0.5))
      let end = min(inputs, Int(center + reach + 0.5))
      let weights = (first..<end).map { input in
        max(0, 1 - abs((Double(input) - center + 0.5) * (1 / reach)))
      }
      let total = weights.reduce(0, +)
      return (first, weights.map { Resampling.fixed(total == 0 ? $0 : $0 / total) })
    }
  }

  /// Weights are never negative, so that adding one half rounds to nearest.
  private static func fixed(_ weight: Double) -> Int32 {
    Int32(0.5 + weight * Double(1 << fractionBits))
  }

  /// Back to a byte; the sum begins at one half.
  @inline(__always)
  static func byte(_ sum: Int32) -> UInt8 {
    UInt8(clamping: sum >> Int32(fractionBits))
  }

  static let half: Int32 = 1 << (Int32(fractionBits) - 1)
}

/// One channel of an image.
struct Plane {
  let width: Int
  let height: Int
  let bytes: [UInt8]

  /// Every third byte, from `channel` on.
  init(_ image: RGBImage, channel: Int) {
    width = image.width
    height = image.height
    let pixels = image.pixels
    bytes = [UInt8](unsafeUninitializedCapacity: width * height) { buffer, count in
      count = buffer.count
      for index in 0..<count { buffer[index] = pixels[3 * index + channel] }
    }
  }

  private init(width: Int, height: Int, bytes: [UInt8]) {
    self.width = width
    self.height = height
    self.bytes = bytes
  }

  /// First along the rows, then along the columns, each only if the size changes, as Pillow does.
  func resized(across: Resampling?, down: Resampling?) -> Plane {
    var plane = self
    if let across { plane = plane.resizedAcross(across) }
    if let down { plane = plane.resizedDown(down) }
    return plane
  }

  private func resizedAcross(_ resampling: Resampling) -> Plane {
    let outputs = resampling.taps.count
    let result = [UInt8](unsafeUninitializedCapacity: outputs * height) { buffer, count in
      count = outputs * height
      bytes.withUnsafeBufferPointer { source in
        for (column, tap) in resampling.taps.enumerated() {
          tap.weights.withUnsafeBufferPointer { weights in
            for row in 0..<height {
              var sum = Resampling.half
              let start = row &* width &+ tap.first
              for index in 0..<weights.count { sum &+= Int32(source[start &+ index]) &* weights[index] }
              buffer[row &* outputs &+ column] = Resampling.byte(sum)
            }
          }
        }
      }
    }
    return Plane(width: outputs, height: height, bytes: result)
  }

  private func resizedDown(_ resampling: Resampling) -> Plane {
    let outputs = resampling.taps.count
    var sums = [Int32](repeating: 0, count: width)
    let result = [UInt8](unsafeUninitializedCapacity: width * outputs) { buffer, count in
      count = width * outputs
      bytes.withUnsafeBufferPointer { source in
        sums.withUnsafeMutableBufferPointer { sums in
          for (row, tap) in resampling.taps.enumerated() {
            for column in 0..<width { sums[column] = Resampling.half }
            for (index, weight) in tap.weights.enumerated() {
              let start = (tap.first &+ index) &* width
              for column in 0..<width { sums[column] &+= Int32(source[start &+ column]) &* weight }
            }
            for column in 0..<width { buffer[row &* width &+ column] = Resampling.byte(sums[column]) }
          }
        }
      }
    }
    return Plane(width: width, height: outputs, bytes: result)
  }
}
