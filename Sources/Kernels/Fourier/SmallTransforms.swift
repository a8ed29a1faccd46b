import Tensors

/// Fourier transforms of 4, 8 and 16 points as straight-line code: X[k] = sum over n of x[n] exp(+2πikn/N).
///
/// Values come and go through points that are inlined, so that inputs known to be zero and outputs that
/// nobody stores vanish at compile time. Of a real transform only k = 0...N/2 is computed.
/// Decimation in time throughout (Cooley and Tukey, 1965); rotations of real spectra are merged into
/// multiply-adds by factoring out the cosine.
enum SmallTransforms<Scalar: LaneScalar> {
  typealias Value = Lanes<Scalar>

  @inline(__always)
  private static func four(
    _ a: Complex<Scalar>, _ b: Complex<Scalar>, _ c: Complex<Scalar>, _ d: Complex<Scalar>
  ) -> (Complex<Scalar>, Complex<Scalar>, Complex<Scalar>, Complex<Scalar>) {
    let s = a + c
    let d1 = a - c
    let t = b + d
    let e = b - d
    return (s + t, .plusTurned(d1, e), s - t, .minusTurned(d1, e))
  }

  /// Sixteen complex points.
  @inline(__always)
  static func complex16<X: ComplexSource<Scalar>, Y: ComplexSink<Scalar>>(_ x: X, _ y: Y) {
    let (c, s, h) = (Turn.cosineOfEighth, Turn.sineOfEighth, Turn.half)
    let p = four(x.value(0), x.value(4), x.value(8), x.value(12))
    let q = four(x.value(1), x.value(5), x.value(9), x.value(13))
    let r = four(x.value(2), x.value(6), x.value(10), x.value(14))
    let t = four(x.value(3), x.value(7), x.value(11), x.value(15))
    @inline(__always) func finish(
      _ k: Int, _ a: Complex<Scalar>, _ b: Complex<Scalar>, _ c: Complex<Scalar>, _ d: Complex<Scalar>
    ) {
      let points = four(a, b, c, d)
      y.put(k, points.0)
      y.put(k + 4, points.1)
      y.put(k + 8, points.2)
      y.put(k + 12, points.3)
    }
    finish(0, p.0, q.0, r.0, t.0)
    finish(1, p.1, q.1.rotated(c, s), r.1.rotated(h, h), t.1.rotated(s, c))
    finish(2, p.2, q.2.rotated(h, h), r.2.turned, t.2.rotated(-h, h))
    finish(3, p.3, q.3.rotated(s, c), r.3.rotated(-h, h), t.3.rotated(-c, -s))
  }

  /// Four real points: X0, X2 and X1.
  private struct Half4 {
    var x0: Value
    var x2: Value
    var x1: Complex<Scalar>
  }

  /// Eight real points: X0, X4 and X1, X2, X3.
  private struct Half8 {
    var x0: Value
    var x4: Value
    var x1: Complex<Scalar>
    var x2: Complex<Scalar>
    var x3: Complex<Scalar>
  }

  @inline(__always)
  private static func real4(_ a: Value, _ b: Value, _ c: Value, _ d: Value) -> Half4 {
    let s = Scalar.sum(a, c)
    let t = Scalar.sum(b, d)
    return Half4(
      x0: Scalar.sum(s, t), x2: Scalar.difference(s, t),
      x1: Complex(Scalar.difference(a, c), Scalar.difference(b, d)))
  }

  /// The points `first`, `first + 2`, …
  @inline(__always)
  private static func real8<X: RealSource<Scalar>>(_ x: X, from first: Int) -> Half8 {
    let e = real4(x.value(first), x.value(first + 4), x.value(first + 8), x.value(first + 12))
    let o = real4(x.value(first + 2), x.value(first + 6), x.value(first + 10), x.value(first + 14))
    let h = Scalar.lanes(Turn.half)
    let u = Scalar.difference(o.x1.re, o.x1.im)
    let v = Scalar.sum(o.x1.re, o.x1.im)
    return Half8(
      x0: Scalar.sum(e.x0, o.x0), x4: Scalar.difference(e.x0, o.x0),
      x1: Complex(Scalar.multiplyAdd(h, u, e.x1.re), Scalar.multiplyAdd(h, v, e.x1.im)),
      x2: Complex(e.x2, o.x2),
      x3: Complex(
        Scalar.subtractProduct(h, u, from: e.x1.re), Scalar.multiplySubtract(h, v, e.x1.im)))
  }

  /// Sixteen real points. Index 0 gets X0 and X8, both real, as if they were one complex number.
  @inline(__always)
  static func real16<X: RealSource<Scalar>, Y: ComplexSink<Scalar>>(_ x: X, _ y: Y) {
    let e = real8(x, from: 0)
    let o = real8(x, from: 1)
    y.put(0, Complex(Scalar.sum(e.x0, o.x0), Scalar.difference(e.x0, o.x0)))
    y.put(4, Complex(e.x4, o.x4))
    @inline(__always) func pair(_ k: Int, _ e: Complex<Scalar>, _ o: Complex<Scalar>, _ cosine: Double, _ sine: Double)
    {
      let tangent = Scalar.lanes(sine / cosine)
      let c = Scalar.lanes(cosine)
      let u = Scalar.subtractProduct(tangent, o.im, from: o.re)
      let v = Scalar.multiplyAdd(tangent, o.re, o.im)
      y.put(k, Complex(Scalar.multiplyAdd(c, u, e.re), Scalar.multiplyAdd(c, v, e.im)))
      y.put(8 - k, Complex(Scalar.subtractProduct(c, u, from: e.re), Scalar.multiplySubtract(c, v, e.im)))
    }
    pair(1, e.x1, o.x1, Turn.cosineOfEighth, Turn.sineOfEighth)
    pair(2, e.x2, o.x2, Turn.half, Turn.half)
    pair(3, e.x3, o.x3, Turn.sineOfEighth, Turn.cosineOfEighth)
  }
}
