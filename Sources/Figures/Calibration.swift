/// The expected calibration error in 15 bins of equal width, (0, 1/15] to (14/15, 1]: the mean over images of
/// |accuracy - mean confidence| of their bin. The confidence is the chosen class's probability.
///
/// Guo, Pleiss, Sun, Weinberger, "On calibration of modern neural networks", ICML 2017.
struct Calibration {
  private static let bins = 15
  private var images = [Int](repeating: 0, count: bins)
  private var right = [Int](repeating: 0, count: bins)
  private var confidence = [Double](repeating: 0, count: bins)
  private var hasNaN = false

  mutating func add(confidence value: Double, isRight: Bool) {
    guard !value.isNaN else { return hasNaN = true }
    let value = min(max(value, 0), 1)
    let bin = max(Int((value * Double(Self.bins)).rounded(.up)) - 1, 0)
    images[bin] += 1
    confidence[bin] += value
    if isRight { right[bin] += 1 }
  }

  /// Nil without images, or if a confidence was NaN.
  var error: Double? {
    let total = images.reduce(0, +)
    guard total > 0, !hasNaN else { return nil }
    return images.indices.reduce(0) { $0 + abs(Double(right[$1]) - confidence[$1]) } / Double(total)
  }
}
