import Tensors

/// The transforms of a row or column at the points 0, a, -a, b, -b and infinity, with a = sqrt(1/2) and b = sqrt(2).
///
/// With these points a*a*b*b = 1 saves two multiplications, and the error in single precision is a third of that of the
/// usual points 1 and 2.
enum WinogradTransform<Scalar: LaneScalar> {
  @inline(__always) private static var a: Double { 0.707_106_781_186_547_6 }
  @inline(__always) private static var b: Double { 1.414_213_562_373_095_1 }

  @inline(__always)
  private static func scaled(_ factor: Double, _ value: Lanes<Scalar>, plus other: Lanes<Scalar>) -> Lanes<Scalar> {
    Scalar.multiplyAdd(Scalar.lanes(factor), value, other)
  }

  /// Six pixels to six points.
  @inline(__always)
  static func points(ofSix d: Ten<Lanes<Scalar>>) -> Ten<Lanes<Scalar>> {
    var points = Ten(repeating: Scalar.lanes(0))
    points[0] = scaled(-2.5, d[2], plus: Scalar.sum(d[0], d[4]))
    points[5] = scaled(-2.5, d[3], plus: Scalar.sum(d[1], d[5]))
    let e = scaled(-2, d[2], plus: d[4])
    let f = scaled(-2, d[1], plus: d[3])
    points[1] = scaled(a, f, plus: e)
    points[2] = scaled(-a, f, plus: e)
    let g = scaled(-0.5, d[2], plus: d[4])
    let h = scaled(-0.5, d[1], plus: d[3])
    points[3] = scaled(b, h, plus: g)
    points[4] = scaled(-b, h, plus: g)
    return points
  }

  /// Four pixels to six points.
  @inline(__always)
  static func points(ofFour y: Ten<Lanes<Scalar>>) -> Ten<Lanes<Scalar>> {
    var points = Ten(repeating: Scalar.lanes(0))
    points[0] = y[0]
    points[5] = y[3]
    let e = scaled(0.5, y[2], plus: y[0])
    let f = scaled(0.5, y[3], plus: y[1])
    points[1] = scaled(a, f, plus: e)
    points[2] = scaled(-a, f, plus: e)
    let g = scaled(2, y[2], plus: y[0])
    let h = scaled(2, y[3], plus: y[1])
    points[3] = scaled(b, h, plus: g)
    points[4] = scaled(-b, h, plus: g)
    return points
  }

  /// Six points of a product to its four pixels.
  @inline(__always)
  static func pixels(_ m: Ten<Lanes<Scalar>>) -> Ten<Lanes<Scalar>> {
    var pixels = Ten(repeating: Scalar.lanes(0))
    let s = Scalar.sum(m[1], m[2])
    let d = Scalar.difference(m[1], m[2])
    let t = Scalar.sum(m[3], m[4])
    let e = Scalar.difference(m[3], m[4])
    pixels[0] = Scalar.sum(Scalar.sum(m[0], s), t)
    pixels[1] = scaled(a, d, plus: Scalar.product(Scalar.lanes(b), e))
    pixels[2] = scaled(0.5, s, plus: Scalar.product(Scalar.lanes(2), t))
    pixels[3] = scaled(a * 0.5, d, plus: scaled(b * 2, e, plus: m[5]))
    return pixels
  }

  /// Three taps to six points, already divided by what the other two transforms leave in.
  @inline(__always)
  static func points(ofTaps g: Ten<Lanes<Scalar>>) -> Ten<Lanes<Scalar>> {
    var points = Ten(repeating: Scalar.lanes(0))
    unrolled(5) { point in
      let row = row(point)
      points[point] = scaled(
        row.0, g[0], plus: scaled(row.1, g[1], plus: Scalar.product(Scalar.lanes(row.2), g[2])))
    }
    points[5] = g[2]
    return points
  }

  /// The way back for gradients: six points to three taps.
  @inline(__always)
  static func taps(_ m: Ten<Lanes<Scalar>>) -> Ten<Lanes<Scalar>> {
    let rows = (row(0), row(1), row(2), row(3), row(4))
    @inline(__always) func sum(_ factors: (Double, Double, Double, Double, Double), _ last: Lanes<Scalar>)
      -> Lanes<Scalar>
    {
      var sum = scaled(factors.0, m[0], plus: last)
      sum = scaled(factors.1, m[1], plus: sum)
      sum = scaled(factors.2, m[2], plus: sum)
      sum = scaled(factors.3, m[3], plus: sum)
      return scaled(factors.4, m[4], plus: sum)
    }
    var taps = Ten(repeating: Scalar.lanes(0))
    taps[0] = sum((rows.0.0, rows.1.0, rows.2.0, rows.3.0, rows.4.0), Scalar.lanes(0))
    taps[1] = sum((rows.0.1, rows.1.1, rows.2.1, rows.3.1, rows.4.1), Scalar.lanes(0))
    taps[2] = sum((rows.0.2, rows.1.2, rows.2.2, rows.3.2, rows.4.2), m[5])
    return taps
  }

  /// 1, p and p * p, divided by the product of p's distances from the other finite points. For 0 that is a*a*b*b = 1; for
  /// a it is 2 a a (a a - b b) = -3/2, for b 2 b b (b b - a a) = 6.
  @inline(__always)
  private static func row(_ point: Int) -> (Double, Double, Double) {
    switch point {
    case 0: (1, 0, 0)
    case 1: (-1 / 1.5, -a / 1.5, -0.5 / 1.5)
    case 2: (-1 / 1.5, a / 1.5, -0.5 / 1.5)
    case 3: (1.0 / 6, b / 6, 2.0 / 6)
    default: (1.0 / 6, -b / 6, 2.0 / 6)
    }
  }
}
