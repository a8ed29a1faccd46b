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
  /// For each target sample the source samples that it is made of.
  private(set) var windows: [Range<Int>] = []
  /// For each target sample `stride` weights, the first ones for its window.
  private(set) var weights: [Int32] = []
  let stride: Int

  /// - Precondition: both counts are positive.
  public init(from source: Int, to target: Int) {
    precondition(source > 0 && target > 0, "an axis has at least one sample")
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
}
