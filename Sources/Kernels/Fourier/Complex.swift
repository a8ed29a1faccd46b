import Tensors

/// Sixteen complex numbers, one for each image of a pack.
struct Complex<Scalar: LaneScalar> {
  var re: Lanes<Scalar>
  var im: Lanes<Scalar>

  @inline(__always)
  init(_ re: Lanes<Scalar>, _ im: Lanes<Scalar>) {
    self.re = re
    self.im = im
  }

  @inline(__always)
  static func + (a: Complex, b: Complex) -> Complex {
    Complex(Scalar.sum(a.re, b.re), Scalar.sum(a.im, b.im))
  }

  @inline(__always)
  static func - (a: Complex, b: Complex) -> Complex {
    Complex(Scalar.difference(a.re, b.re), Scalar.difference(a.im, b.im))
  }

  /// a + ib
  @inline(__always)
  static func plusTurned(_ a: Complex, _ b: Complex) -> Complex {
    Complex(Scalar.difference(a.re, b.im), Scalar.sum(a.im, b.re))
  }

  /// a - ib
  @inline(__always)
  static func minusTurned(_ a: Complex, _ b: Complex) -> Complex {
    Complex(Scalar.sum(a.re, b.im), Scalar.difference(a.im, b.re))
  }

  /// Times cosine + i sine.
  @inline(__always)
  func rotated(_ cosine: Double, _ sine: Double) -> Complex {
    let c = Scalar.lanes(cosine)
    let s = Scalar.lanes(sine)
    return Complex(
      Scalar.subtractProduct(s, im, from: Scalar.product(c, re)),
      Scalar.multiplyAdd(s, re, Scalar.product(c, im)))
  }

  /// Times i.
  @inline(__always)
  var turned: Complex { Complex(Scalar.difference(Scalar.lanes(0), im), re) }
}

/// cos(π/8), sin(π/8), cos(π/4): all that sixteen points need.
enum Turn {
  static let cosineOfEighth = 0.923879532511286756
  static let sineOfEighth = 0.382683432365089772
  static let half = 0.707106781186547524
}
