import Images
import Kernels
public import Tensors

/// Normal noise for one image in one epoch: the same bytes wherever and whenever it is drawn.
public struct Noise: Sendable, Equatable {
  /// In shares of the bytes' range: 0.02 is 5.1 of 255.
  public var deviation: Double
  public var random: CounterRandom
  /// Of the image.
  public var index: Int

  public init(deviation: Double, random: CounterRandom, index: Int) {
    self.deviation = deviation
    self.random = random
    self.index = index
  }

  /// The image with noise on each byte of each plane, independent of the others, rounded (halves up) and kept within
  /// 0...255. A gray image stays gray.
  func applied(to image: ImagePlanes) -> ImagePlanes {
    var planes = image.planes
    var bytes = planes.mutableSpan
    let table = Self.quantiles.span
    let factor = Int32((deviation * 255 * 256).rounded())
    // A block of random numbers has four words of 64 bits, a byte takes 16 of them.
    for first in stride(from: 0, to: bytes.count, by: 16) {
      let block = random.block(at: UInt64(first / 16), UInt64(index))
      Self.add(block.0, table, factor, to: &bytes, at: first)
      Self.add(block.1, table, factor, to: &bytes, at: first + 4)
      Self.add(block.2, table, factor, to: &bytes, at: first + 8)
      Self.add(block.3, table, factor, to: &bytes, at: first + 12)
    }
    return ImagePlanes(planes: planes)
  }

  /// Four bytes, by the sixteen bits of the word for each, the lowest first.
  @inline(__always)
  private static func add(
    _ word: UInt64, _ table: Span<Int16>, _ factor: Int32, to bytes: inout MutableSpan<UInt8>, at first: Int
  ) {
    for part in 0..<4 {
      let noise = (Int32(table[Int(word >> UInt64(16 * part) & 0xFFFF)]) &* factor &+ 1 << 19) >> 20
      bytes[first + part] = UInt8(truncatingIfNeeded: min(max(Int32(bytes[first + part]) &+ noise, 0), 255))
    }
  }

  /// The standard normal distribution's quantiles of (k + 1/2) / 65,536, times 4,096 and rounded.
  static let quantiles: [Int16] = (0..<65_536).map { k in
    Int16((4096 * normalQuantile((Double(k) + 0.5) / 65_536)).rounded())
  }
}

/// The number below which a standard normal variable lies with probability p, to within 1e-15 or so, for p in
/// 1e-11...1 - 1e-11.
///
/// Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Applied Statistics 37 (1988), PPND16.
func normalQuantile(_ p: Double) -> Double {
  let q = p - 0.5
  if abs(q) <= 0.425 {
    let r = 0.180625 - q * q
    return q * quotient(central, at: r)
  }
  let r = (-Elementary.log(q < 0 ? p : 1 - p)).squareRoot()
  let quantile = quotient(outer, at: r - 1.6)
  return q < 0 ? -quantile : quantile
}

/// Coefficients of a numerator and a denominator, the highest power first.
private typealias Rational = (above: [Double], below: [Double])

private func quotient(_ rational: Rational, at x: Double) -> Double {
  rational.above.reduce(0) { $0 * x + $1 } / rational.below.reduce(0) { $0 * x + $1 }
}

/// In 0.180625 - (p - 1/2)^2, for p within 0.425 of 1/2.
private let central: Rational = (
  above: [
    2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946,
    1971.5909503065513, 133.14166789178438, 3.3871328727963665,
  ],
  below: [
    5226.495278852854, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751,
    687.1870074920579, 42.31333070160091, 1,
  ]
)

/// In sqrt(-ln p) - 1.6 for p beyond it, but no nearer to 0 than 1e-11.
private let outer: Rational = (
  above: [
    0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684, 3.6478483247632045,
    5.769497221460691, 4.630337846156546, 1.4234371107496835,
  ],
  below: [
    1.0507500716444169e-09, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008, 0.6897673349851,
    1.6763848301838038, 2.053191626637759, 1,
  ]
)
