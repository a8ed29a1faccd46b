import Tensors

/// The way back from X0...X8 to sixteen real points, not normalized: the transpose of `real16`.
extension SmallTransforms {
  /// Half a spectrum of eight points; X4 and X2 as they enter, with their weights.
  private struct Spectrum8 {
    var x0: Value
    var x4: Value
    var x1: Complex<Scalar>
    var x2: Complex<Scalar>
    var x3: Complex<Scalar>
    /// Factors of X4 and X2 that are left to the butterflies.
    var scale4: Double
    var scale2: Double
  }

  @inline(__always)
  private static func inverse4(_ a: Value, _ x2: Value, _ x1: Complex<Scalar>, _ scale2: Double, _ scale1: Double) -> (
    Value, Value, Value, Value
  ) {
    let t = Scalar.lanes(scale2)
    let u = Scalar.lanes(scale1)
    let p = Scalar.multiplyAdd(t, x2, a)
    let q = Scalar.subtractProduct(t, x2, from: a)
    return (
      Scalar.multiplyAdd(u, x1.re, p), Scalar.multiplyAdd(u, x1.im, q),
      Scalar.subtractProduct(u, x1.re, from: p), Scalar.subtractProduct(u, x1.im, from: q)
    )
  }

  /// Puts points `first`, `first + 2`, …
  @inline(__always)
  private static func inverse8<Y: RealSink<Scalar>>(_ x: Spectrum8, first: Int, _ y: Y) {
    let s = Scalar.lanes(x.scale4)
    let a = Scalar.multiplyAdd(s, x.x4, x.x0)
    let b = Scalar.subtractProduct(s, x.x4, from: x.x0)
    let p = Scalar.difference(x.x1.re, x.x3.re)
    let q = Scalar.sum(x.x1.im, x.x3.im)
    let even = inverse4(
      a, x.x2.re, Complex(Scalar.sum(x.x1.re, x.x3.re), Scalar.difference(x.x1.im, x.x3.im)), x.scale2, 2)
    let odd = inverse4(
      b, x.x2.im, Complex(Scalar.sum(p, q), Scalar.difference(q, p)), x.scale2, 2 * Turn.half)
    y.put(first, even.0)
    y.put(first + 4, even.1)
    y.put(first + 8, even.2)
    y.put(first + 12, even.3)
    y.put(first + 2, odd.0)
    y.put(first + 6, odd.1)
    y.put(first + 10, odd.2)
    y.put(first + 14, odd.3)
  }

  /// Index 0 gives X0 and X8, both real.
  @inline(__always)
  static func inverseReal16<X: ComplexSource<Scalar>, Y: RealSink<Scalar>>(_ x: X, _ y: Y) {
    let ends = x.value(0)
    let middle = x.value(4)
    @inline(__always) func fold(_ k: Int) -> (even: Complex<Scalar>, odd: Complex<Scalar>) {
      let a = x.value(k)
      let b = x.value(8 - k)
      return (
        Complex(Scalar.sum(a.re, b.re), Scalar.difference(a.im, b.im)),
        Complex(Scalar.difference(a.re, b.re), Scalar.sum(a.im, b.im))
      )
    }
    let (one, two, three) = (fold(1), fold(2), fold(3))
    inverse8(
      Spectrum8(
        x0: Scalar.sum(ends.re, ends.im), x4: middle.re, x1: one.even, x2: two.even, x3: three.even,
        scale4: 2, scale2: 2),
      first: 0, y)
    inverse8(
      Spectrum8(
        x0: Scalar.difference(ends.re, ends.im), x4: middle.im,
        x1: one.odd.rotated(Turn.cosineOfEighth, -Turn.sineOfEighth),
        x2: Complex(Scalar.sum(two.odd.re, two.odd.im), Scalar.difference(two.odd.im, two.odd.re)),
        x3: three.odd.rotated(Turn.sineOfEighth, -Turn.cosineOfEighth), scale4: 2, scale2: 2 * Turn.half),
      first: 1, y)
  }
}
