public import Images

/// Mean and standard deviation of pixel / 255 by channel (red, green, blue).
public struct ChannelStatistics: Sendable, Equatable, Codable {
  public var mean: [Double]
  /// Of the population: divided by the number of pixels, not by one less.
  public var deviation: [Double]

  public init(mean: [Double], deviation: [Double]) {
    self.mean = mean
    self.deviation = deviation
  }

  /// Leaves pixel / 255 as it is.
  public static let none = ChannelStatistics(mean: [0, 0, 0], deviation: [1, 1, 1])

  /// What the network sees for each of the 256 values of a byte: (byte / 255 - mean) / deviation.
  public func inputs(channel: Int) -> [Float] {
    (0..<256).map { Float((Double($0) / 255 - mean[channel]) / deviation[channel]) }
  }
}

/// Sums of bytes and of their squares by channel. They are whole numbers, so that the order of the images cannot change
/// them.
public struct ChannelSums: Sendable, Equatable {
  private var pixels: UInt64 = 0
  private var sums: [UInt64] = [0, 0, 0]
  private var squares: [UInt64] = [0, 0, 0]

  public init() {}

  public mutating func add(_ image: ImagePlanes) {
    pixels += UInt64(ImagePlanes.planeSize)
    image.planes.withUnsafeBufferPointer { bytes in
      for plane in 0..<(image.isGray ? 1 : 3) {
        let channels = image.isGray ? 0..<3 : plane..<plane + 1
        // A row has 256 bytes, so both sums fit into 32 bits.
        for row in 0..<ImagePlanes.side {
          var (sum, square): (UInt32, UInt32) = (0, 0)
          let start = plane * ImagePlanes.planeSize + row * ImagePlanes.side
          for byte in bytes[start..<start + ImagePlanes.side] {
            sum &+= UInt32(byte)
            square &+= UInt32(byte) &* UInt32(byte)
          }
          for channel in channels {
            sums[channel] += UInt64(sum)
            squares[channel] += UInt64(square)
          }
        }
      }
    }
  }

  /// variance = (n * sum of squares - square of the sum) / n^2, with an exact numerator. A channel that never changes
  /// gets deviation 1, which makes its input 0. Without any image the result is `.none`.
  public var statistics: ChannelStatistics {
    guard pixels > 0 else { return .none }
    let scale = 255 * Double(pixels)
    return ChannelStatistics(
      mean: sums.map { Double($0) / scale },
      deviation: zip(sums, squares).map { sum, square in
        let spread = UInt128(pixels) * UInt128(square) - UInt128(sum) * UInt128(sum)
        return spread == 0 ? 1 : Double(spread).squareRoot() / scale
      })
  }
}
