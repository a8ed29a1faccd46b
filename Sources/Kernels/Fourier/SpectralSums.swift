import Tensors

/// What one factor of a product brings: three values of each frequency.
protocol SpectralOperand<Scalar> {
  associatedtype Scalar: LaneScalar
  /// Vectors a channel takes in memory.
  static var width: Int { get }
  static func load(_ place: UnsafePointer<Lanes<Scalar>>) -> Factors<Scalar>
  /// One of them alone.
  static func load(_ factor: Factor, _ place: UnsafePointer<Lanes<Scalar>>) -> Lanes<Scalar>
}

/// The three values of `Factors`, by name.
enum Factor: Int {
  case first
  case second
  case third
}

struct Factors<Scalar: LaneScalar> {
  var first: Lanes<Scalar>
  var second: Lanes<Scalar>
  var third: Lanes<Scalar>
}

/// c + id, stored as a pair: (c + d, d, c).
extension PairStore: SpectralOperand {
  @inline(__always)
  static func load(_ place: UnsafePointer<Lanes<Scalar>>) -> Factors<Scalar> {
    Factors(first: Scalar.sum(place[0], place[1]), second: place[1], third: place[0])
  }

  @inline(__always)
  static func load(_ factor: Factor, _ place: UnsafePointer<Lanes<Scalar>>) -> Lanes<Scalar> {
    switch factor {
    case .first: Scalar.sum(place[0], place[1])
    case .second: place[1]
    case .third: place[0]
    }
  }
}

/// c + id, stored as a triple: (c, c + d, c - d).
extension TripleStore: SpectralOperand {
  @inline(__always)
  static func load(_ place: UnsafePointer<Lanes<Scalar>>) -> Factors<Scalar> {
    Factors(first: place[0], second: place[1], third: place[2])
  }

  @inline(__always)
  static func load(_ factor: Factor, _ place: UnsafePointer<Lanes<Scalar>>) -> Lanes<Scalar> { place[factor.rawValue] }
}

/// A sum of products of spectra, in registers.
protocol SpectralSum<Scalar> {
  associatedtype Scalar: LaneScalar
  init()
  mutating func add(_ a: Factors<Scalar>, _ b: Factors<Scalar>)
  /// The sum when weights were multiplied with spectra.
  var product: Complex<Scalar> { get }
  /// What a pair brings to a sum of x * conj(d), in which d, a triple, is the other factor; and that sum.
  static func factors(ofPair place: UnsafePointer<Lanes<Scalar>>) -> Factors<Scalar>
  var correlation: Complex<Scalar> { get }
}

/// Complex products by Gauss's three multiplications:
///
///     (a - ib)(c + id):   (a, a - b, a + b) with (c + d, d, c) of a pair;     re = first - second, im = first - third
///     (a + ib)(c + id):   (a + b, b, a) with (c, c + d, c - d) of a triple;   re = first - second, im = first - third
///     (a + ib)(c - id):   (a + b, a, b) with (c, c + d, c - d) of a triple;   im = first - second, re = first - third
struct ComplexSum<Scalar: LaneScalar>: SpectralSum {
  private var first = Scalar.lanes(0)
  private var second = Scalar.lanes(0)
  private var third = Scalar.lanes(0)

  @inline(__always) init() {}

  @inline(__always)
  mutating func add(_ a: Factors<Scalar>, _ b: Factors<Scalar>) {
    Scalar.addProduct(a.first, b.first, to: &first)
    Scalar.addProduct(a.second, b.second, to: &second)
    Scalar.addProduct(a.third, b.third, to: &third)
  }

  @inline(__always)
  var product: Complex<Scalar> { Complex(Scalar.difference(first, second), Scalar.difference(first, third)) }

  @inline(__always)
  static func factors(ofPair place: UnsafePointer<Lanes<Scalar>>) -> Factors<Scalar> {
    Factors(first: Scalar.sum(place[0], place[1]), second: place[0], third: place[1])
  }

  @inline(__always)
  var correlation: Complex<Scalar> { Complex(Scalar.difference(first, third), Scalar.difference(first, second)) }
}

/// Products of two real values that travel as a pair: the third factors are the real parts, the second ones
/// the imaginary parts.
struct RealPairSum<Scalar: LaneScalar>: SpectralSum {
  private var re = Scalar.lanes(0)
  private var im = Scalar.lanes(0)

  @inline(__always) init() {}

  @inline(__always)
  mutating func add(_ a: Factors<Scalar>, _ b: Factors<Scalar>) {
    Scalar.addProduct(a.third, b.third, to: &re)
    Scalar.addProduct(a.second, b.second, to: &im)
  }

  @inline(__always)
  var product: Complex<Scalar> { Complex(re, im) }

  @inline(__always)
  static func factors(ofPair place: UnsafePointer<Lanes<Scalar>>) -> Factors<Scalar> {
    Factors(first: place[0], second: place[1], third: place[0])
  }

  @inline(__always)
  var correlation: Complex<Scalar> { product }
}
