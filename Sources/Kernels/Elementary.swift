/// Elementary functions with the same bits on every machine: additions, multiplications and divisions in a
/// fixed order. The C library's choose their code by the processor, and differ in the last bit.
public enum Elementary {
  private static let ln2High = 0x1.62e42feep-1
  private static let ln2Low = 0x1.a39ef35793c76p-33

  /// e^x to within two units in the last place; 0 below -745 and infinity above 709.79.
  public static func exp(_ x: Double) -> Double {
    guard x == x else { return x }
    if x > 709.782712893384 { return .infinity }
    if x < -745.133219101941 { return 0 }
    let k = (x * 1.4426950408889634).rounded()
    let r = (x - k * ln2High) - k * ln2Low
    // Taylor's series on |r| <= ln 2 / 2: the term left out is below 1e-17.
    var sum = 1.0
    for n in stride(from: 14, through: 1, by: -1) { sum = 1 + sum * r / Double(n) }
    let half = Int((k / 2).rounded(.down))
    return sum * powerOfTwo(half) * powerOfTwo(Int(k) - half)
  }

  /// ln(1 + x) for x in [0, 1], to within a few units in the last place.
  public static func log1p(_ x: Double) -> Double {
    // 1 + x = 2^k * m with m in [0.75, 1.5); ln m = 2 atanh(s), s = (m - 1) / (m + 1), exact in x when k = 0.
    let shifts = x >= 0.5
    let s = shifts ? (x - 1) / (3 + x) : x / (2 + x)
    let square = s * s
    let logarithm = 2 * s * arctanhSeries(square)
    return shifts ? (logarithm + ln2Low) + ln2High : logarithm
  }

  /// ln(x) to within a few units in the last place; NaN below 0.
  public static func log(_ x: Double) -> Double {
    guard x > 0, x.isFinite else { return x == 0 ? -.infinity : (x == .infinity ? x : .nan) }
    // x = 2^k * m with m in [0.75, 1.5).
    let isHigh = x.significand >= 1.5
    let k = Double(x.exponent) + (isHigh ? 1 : 0)
    let m = isHigh ? x.significand / 2 : x.significand
    let s = (m - 1) / (m + 1)
    return (k * ln2Low + 2 * s * arctanhSeries(s * s)) + k * ln2High
  }

  /// 1 + s^2 / 3 + s^4 / 5 + …, which is atanh(s) / s, for s^2 up to 0.04.
  private static func arctanhSeries(_ square: Double) -> Double {
    var sum = 0.0
    for n in stride(from: 27, through: 1, by: -2) { sum = sum * square + 1 / Double(n) }
    return sum
  }

  /// base^n for n >= 0, by squaring.
  public static func power(_ base: Double, _ n: Int) -> Double {
    var (result, square, rest) = (1.0, base, n)
    while rest > 0 {
      if rest & 1 != 0 { result *= square }
      square *= square
      rest >>= 1
    }
    return result
  }

  /// base^exponent for base >= 0; by squaring where the exponent is whole.
  public static func power(_ base: Double, _ exponent: Double) -> Double {
    if let n = Int(exactly: exponent), n >= 0 { return power(base, n) }
    return base == 0 ? 0 : exp(exponent * log(base))
  }

  /// cos(pi * x) for x in [0, 1], to within 1e-15.
  public static func cosineOfPi(times x: Double) -> Double {
    // Symmetric about a quarter turn; Taylor's series on what is left, at most a quarter turn.
    let isBeyond = x > 0.5
    let angle = Double.pi * (isBeyond ? 1 - x : x)
    let square = angle * angle
    var sum = 1.0
    for n in stride(from: 22, through: 2, by: -2) { sum = 1 - sum * square / Double(n * (n - 1)) }
    return isBeyond ? -sum : sum
  }

  private static func powerOfTwo(_ exponent: Int) -> Double {
    Double(sign: .plus, exponent: exponent, significand: 1)
  }
}
