/// How the samples of one axis add up to those of the resampled axis, in fixed point: a triangle filter, widened by the
/// scale when the axis shrinks.
///
/// Reference: Pillow, src/libImaging/Resample.c, `precompute_coeffs` and `normalize_coeffs_8bpc`.
public struct AxisWeights: Sendable {
  /// Weights are integers with this many fractional bits: 32 less 8 for the samples and 2 for overflow.
  static let precision: Int32 = 32 - 8 - 2
  /// Half of a byte's last place, so that cutting the fraction off rounds.
  static let half: Int32 = 1 << (precision - 1)

  public let sourceCount: Int
  public let targetCount: Int
  /// Whether each target sample is the source sample of the same index.
  let isIdentity: Bool
  /// For each target sample the source samples that it is made of.
  private(set) var windows: [Range<Int>] = []
  /// For each target sample `stride` weights, the first ones for its window.
  private(set) var weights: [Int32] = []
  let stride: Int

  /// The whole axis.
  ///
  /// - Precondition: both counts are positive.
  public init(from source: Int, to target: Int) { self.init(from: source, over: 0..<Double(source), to: target) }

  /// A part of the axis; sample i reaches from i to i + 1. Its ends may lie within samples, as the `box` of Pillow's
  /// `resize` may.
  ///
  /// - Precondition: both counts are positive, and the extent is a part of the source that is not empty.
  public init(from source: Int, over extent: Range<Double>, to target: Int) {
    precondition(source > 0 && target > 0, "an axis has at least one sample")
    precondition(extent.lowerBound >= 0 && extent.upperBound <= Double(source), "the extent lies in the axis")
    precondition(extent.lowerBound < extent.upperBound, "the extent is not empty")
    sourceCount = source
    targetCount = target
    isIdentity = source == target && extent == 0..<Double(source)
    let scale = (extent.upperBound - extent.lowerBound) / Double(target)
    let radius = max(scale, 1)
    stride = Int(radius.rounded(.up)) * 2 + 1
    windows.reserveCapacity(target)
    weights.reserveCapacity(target * stride)
    var triangle = [Double](repeating: 0, count: stride)
    for index in 0..<target {
      // The order of these operations decides the last bit.
      let center = extent.lowerBound + (Double(index) + 0.5) * scale
      let window = max(Int(center - radius + 0.5), 0)..<min(Int(center + radius + 0.5), source)
      var sum = 0.0
      for tap in 0..<window.count {
        triangle[tap] = max(1 - abs((Double(tap + window.lowerBound) - center + 0.5) * (1 / radius)), 0)
        sum += triangle[tap]
      }
      windows.append(window)
      for tap in 0..<stride {
        weights.append(tap < window.count ? Int32(0.5 + triangle[tap] / sum * Double(1 << Self.precision)) : 0)
      }
    }
  }

  /// The same weights for an axis that is stored from its other end, and is to be so afterwards.
  public var mirrored: AxisWeights {
    var mirrored = self
    for index in 0..<targetCount {
      let opposite = targetCount - 1 - index
      let window = windows[opposite]
      mirrored.windows[index] = sourceCount - window.upperBound..<sourceCount - window.lowerBound
      for tap in 0..<window.count {
        mirrored.weights[index * stride + tap] = weights[opposite * stride + window.count - 1 - tap]
      }
    }
    return mirrored
  }
}
