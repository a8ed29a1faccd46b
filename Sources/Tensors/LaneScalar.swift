public import CVector

/// The element of a lane: `Float` in training, `Double` where the same code is checked against differences.
///
/// Swift compiles arithmetic on `SIMD16<Float>` to single instructions, but not on `SIMD16<Scalar>`: even
/// specialized, generic operators may become loops over the lanes. The operations that kernels need
/// are therefore requirements, met by the concrete operators.
public protocol LaneScalar: SIMDScalar, BinaryFloatingPoint, Sendable, Codable {
  /// `total += a * b` with one rounding.
  static func addProduct(_ a: Lanes<Self>, _ b: Lanes<Self>, to total: inout Lanes<Self>)
  static func sum(_ a: Lanes<Self>, _ b: Lanes<Self>) -> Lanes<Self>
  static func product(_ a: Lanes<Self>, _ b: Lanes<Self>) -> Lanes<Self>
  /// In each lane: `a` where b > c, else `d` (also where a comparison with NaN is false).
  static func select(_ a: Lanes<Self>, whereGreater b: Lanes<Self>, than c: Lanes<Self>, else d: Lanes<Self>)
    -> Lanes<Self>
  static func lanes(_ bytes: SIMD16<UInt8>) -> Lanes<Self>
  /// The sum over the lanes by halving, so that it is the same on any register width.
  static func laneSum(_ a: Lanes<Self>) -> Self
}

/// The same pixel of sixteen images: the unit that every kernel computes with.
public typealias Lanes<Scalar: LaneScalar> = SIMD16<Scalar>

/// Images in a pack.
public let laneCount = 16

extension Float: LaneScalar {
  @inlinable @inline(__always)
  public static func addProduct(_ a: Lanes<Float>, _ b: Lanes<Float>, to total: inout Lanes<Float>) {
    total = kiln_multiply_add_float16(a, b, total)
  }

  @inlinable @inline(__always)
  public static func sum(_ a: Lanes<Float>, _ b: Lanes<Float>) -> Lanes<Float> { a + b }

  @inlinable @inline(__always)
  public static func product(_ a: Lanes<Float>, _ b: Lanes<Float>) -> Lanes<Float> { a * b }

  @inlinable @inline(__always)
  public static func select(_ a: Lanes<Float>, whereGreater b: Lanes<Float>, than c: Lanes<Float>, else d: Lanes<Float>)
    -> Lanes<Float>
  {
    d.replacing(with: a, where: b .> c)
  }

  @inlinable @inline(__always)
  public static func lanes(_ bytes: SIMD16<UInt8>) -> Lanes<Float> { kiln_float16_from_bytes(bytes) }

  @inlinable @inline(__always)
  public static func laneSum(_ a: Lanes<Float>) -> Float {
    let eight = a.lowHalf + a.highHalf
    let four = eight.lowHalf + eight.highHalf
    let two = four.lowHalf + four.highHalf
    return two.x + two.y
  }
}

extension Double: LaneScalar {
  @inlinable @inline(__always)
  public static func addProduct(_ a: Lanes<Double>, _ b: Lanes<Double>, to total: inout Lanes<Double>) {
    total = kiln_multiply_add_double16(a, b, total)
  }

  @inlinable @inline(__always)
  public static func sum(_ a: Lanes<Double>, _ b: Lanes<Double>) -> Lanes<Double> { a + b }

  @inlinable @inline(__always)
  public static func product(_ a: Lanes<Double>, _ b: Lanes<Double>) -> Lanes<Double> { a * b }

  @inlinable @inline(__always)
  public static func select(
    _ a: Lanes<Double>, whereGreater b: Lanes<Double>, than c: Lanes<Double>, else d: Lanes<Double>
  )
    -> Lanes<Double>
  {
    d.replacing(with: a, where: b .> c)
  }

  @inlinable @inline(__always)
  public static func lanes(_ bytes: SIMD16<UInt8>) -> Lanes<Double> { kiln_double16_from_bytes(bytes) }

  @inlinable @inline(__always)
  public static func laneSum(_ a: Lanes<Double>) -> Double {
    let eight = a.lowHalf + a.highHalf
    let four = eight.lowHalf + eight.highHalf
    let two = four.lowHalf + four.highHalf
    return two.x + two.y
  }
}
