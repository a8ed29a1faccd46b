/// A range that holds the true value of a figure with a confidence of 95%: of a hundred such ranges, each from a sample of
/// its own, some ninety-five hold it.
public struct Interval: Sendable, Equatable {
  public let lower: Double
  public let upper: Double

  public init(lower: Double, upper: Double) {
    self.lower = lower
    self.upper = upper
  }
}

extension Interval {
  /// The standard normal distribution's quantile of 0.975.
  private static let quantile = 1.959963984540054

  /// Wilson's interval of a share, without correction for continuity: the shares p from which `part` of `whole` is within
  /// 1.96 standard deviations, each by its own deviation. It never leaves 0...1, and has a width also where none or all of
  /// the images are right, as the textbook's p ± 1.96 √(p (1 - p) / n) has not.
  ///
  /// Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927);
  /// `scipy.stats.binomtest(part, whole).proportion_ci(method="wilson")`. Nil of nothing.
  public init?(share part: Int, of whole: Int) {
    guard whole > 0, (0...whole).contains(part) else { return nil }
    let (count, share, square) = (Double(whole), Double(part) / Double(whole), Self.quantile * Self.quantile)
    let middle = (share + square / (2 * count)) / (1 + square / count)
    let half =
      Self.quantile * (share * (1 - share) / count + square / (4 * count * count)).squareRoot() / (1 + square / count)
    self.init(lower: part == 0 ? 0 : middle - half, upper: part == whole ? 1 : middle + half)
  }
}
