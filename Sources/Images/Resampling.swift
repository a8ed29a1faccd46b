/// Antialiased bilinear resampling in fixed point, bit for bit as `Image.resize((256, 256), Image.BILINEAR)` of Pillow:
/// a triangle filter, widened by the scale when shrinking, along one axis and then the other, rounded to bytes in
/// between.
///
/// Reference: Pillow, src/libImaging/Resample.c, the path for 8 bits a channel.
extension ImagePlanes {
  /// - Parameter symmetry: in which the image is seen.
  init(resampling image: Raster, seen symmetry: Symmetry) throws(ImageError) {
    let (width, height) = symmetry.swapsSides ? (image.height, image.width) : (image.width, image.height)
    let across = AxisWeights(from: width, to: Self.side)
    let down = AxisWeights(from: height, to: Self.side)
    var planes: [UInt8] = []
    planes.reserveCapacity(image.channels * Self.planeSize)
    for channel in 0..<image.channels {
      planes += try image.plane(channel, seen: symmetry).withSpan { plane in
        Self.startsDownwards(width: width, height: height)
          ? across.resampleRows(of: down.resampleColumns(of: plane).span)
          : down.resampleColumns(of: across.resampleRows(of: plane).span)
      }
    }
    self.init(planes: planes)
  }

  /// The bytes of memory that this takes, at most, beside the decoded pixels: one channel whole, and one that is
  /// resampled along one axis, with the weights of both.
  static func workingMemory(resampling image: ImageLayout) -> Int {
    image.width * image.height + 4 * side * max(image.width, image.height, side)
  }

  /// Whether the columns come first: where the height shrinks by more than twice what the width does. The order shows in
  /// the last bit of some pixels. So Pillow 13.0 was seen to decide; before, it always took the rows first.
  private static func startsDownwards(width: Int, height: Int) -> Bool {
    height > side && height - side > 2 * (width - side)
  }
}

extension Raster {
  /// One channel: as many bytes as there are pixels, row by row as they are seen.
  fileprivate func plane(_ channel: Int, seen symmetry: Symmetry) throws(ImageError) -> PixelMemory {
    if channels == 1 && symmetry == .identity { return pixels }
    let plane = try PixelMemory(count: width * height)
    let walk = symmetry.walk(width: width, height: height)
    let (rows, columns) = symmetry.swapsSides ? (width, height) : (height, width)
    pixels.withSpan { samples in
      plane.fill { plane in
        for row in 0..<rows {
          var sample = (walk.start + row * walk.down) * channels + channel
          for column in 0..<columns {
            plane[row * columns + column] = samples[sample]
            sample += walk.across * channels
          }
        }
      }
    }
    return plane
  }
}

/// How the samples of one axis add up to those of the resampled axis.
private struct AxisWeights {
  /// Weights are integers with this many fractional bits: 32 less 8 for the samples and 2 for overflow.
  static let precision: Int32 = 32 - 8 - 2
  static let half: Int32 = 1 << (precision - 1)

  let sourceCount: Int
  let targetCount: Int
  /// For each target sample the source samples that it is made of.
  private(set) var windows: [Range<Int>] = []
  /// For each target sample `stride` weights, the first ones for its window.
  private(set) var weights: [Int32] = []
  let stride: Int

  init(from source: Int, to target: Int) {
    sourceCount = source
    targetCount = target
    let scale = Double(source) / Double(target)
    let radius = max(scale, 1)
    stride = Int(radius.rounded(.up)) * 2 + 1
    windows.reserveCapacity(target)
    weights.reserveCapacity(target * stride)
    for index in 0..<target {
      // The order of these operations decides the last bit.
      let center = (Double(index) + 0.5) * scale
      let window = max(Int(center - radius + 0.5), 0)..<min(Int(center + radius + 0.5), source)
      let triangle = window.map { max(1 - abs((Double($0) - center + 0.5) * (1 / radius)), 0) }
      let sum = triangle.reduce(0, +)
      windows.append(window)
      weights += triangle.map { Int32(0.5 + $0 / sum * Double(1 << Self.precision)) }
      weights += repeatElement(0, count: stride - window.count)
    }
  }

  private static func rounded(_ sum: Int32) -> UInt8 { UInt8(truncatingIfNeeded: sum >> precision) }

  /// A plane of rows of the source's length, resampled: rows of the target's length.
  func resampleRows(of plane: Span<UInt8>) -> [UInt8] {
    if sourceCount == targetCount { return plane.withUnsafeBufferPointer { Array($0) } }
    var result: [UInt8] = []
    result.reserveCapacity(plane.count / sourceCount * targetCount)
    for start in Swift.stride(from: 0, to: plane.count, by: sourceCount) {
      let row = plane.extracting(start..<start + sourceCount)
      for index in 0..<targetCount {
        let window = windows[index]
        var sum = Self.half
        var weight = index * stride
        // Two to four taps as a rule: too few for the vectors that a loop over a span would be compiled to.
        var sample = window.lowerBound
        while sample < window.upperBound {
          sum &+= Int32(row[sample]) &* weights[weight]
          sample &+= 1
          weight &+= 1
        }
        result.append(Self.rounded(sum))
      }
    }
    return result
  }

  /// A plane of columns of the source's length, resampled: columns of the target's length.
  func resampleColumns(of plane: Span<UInt8>) -> [UInt8] {
    if sourceCount == targetCount { return plane.withUnsafeBufferPointer { Array($0) } }
    let width = plane.count / sourceCount
    var result: [UInt8] = []
    result.reserveCapacity(targetCount * width)
    var sums = [Int32](repeating: 0, count: width)
    for (index, window) in windows.enumerated() {
      for x in 0..<width { sums[x] = Self.half }
      for (tap, y) in window.enumerated() {
        let weight = weights[index * stride + tap]
        let row = plane.extracting(y * width..<(y + 1) * width)
        for x in row.indices { sums[x] &+= Int32(row[x]) &* weight }
      }
      for sum in sums { result.append(Self.rounded(sum)) }
    }
    return result
  }
}
