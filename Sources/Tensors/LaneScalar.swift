public import CVector

/// The element of a lane: `Float` in training, `Double` where the same code is checked against differences.
///
/// Swift compiles arithmetic on `SIMD16<Float>` to single instructions, but not on `SIMD16<Scalar>`: even
/// specialized, generic operators may become loops over the lanes. The operations that kernels need
/// are therefore requirements, met by the concrete operators.
public protocol LaneScalar: ChannelLaneScalar, BinaryFloatingPoint, Sendable, Codable {
  /// `total += a * b` with one rounding.
  static func addProduct(_ a: Lanes<Self>, _ b: Lanes<Self>, to total: inout Lanes<Self>)
  static func sum(_ a: Lanes<Self>, _ b: Lanes<Self>) -> Lanes<Self>
  static func product(_ a: Lanes<Self>, _ b: Lanes<Self>) -> Lanes<Self>
  static func quotient(_ a: Lanes<Self>, _ b: Lanes<Self>) -> Lanes<Self>
  /// e^a to within two units in the last place, and e^a - 1 for a in [-80, 0] to within three; -1 below.
  static func exponential(_ a: Lanes<Self>) -> Lanes<Self>
  static func exponentialLessOne(_ a: Lanes<Self>) -> Lanes<Self>
  /// In each lane: `a` where b > c, else `d` (also where a comparison with NaN is false).
  static func select(_ a: Lanes<Self>, whereGreater b: Lanes<Self>, than c: Lanes<Self>, else d: Lanes<Self>)
    -> Lanes<Self>
  /// The same choice of bytes.
  static func select(
    _ a: SIMD16<UInt8>, whereGreater b: Lanes<Self>, than c: Lanes<Self>, else d: SIMD16<UInt8>
  ) -> SIMD16<UInt8>
  /// In each lane: `a` where the byte is `wanted`, else 0.
  static func keep(_ a: Lanes<Self>, where bytes: SIMD16<UInt8>, are wanted: UInt8) -> Lanes<Self>
  static func lanes(_ bytes: SIMD16<UInt8>) -> Lanes<Self>
  static func difference(_ a: Lanes<Self>, _ b: Lanes<Self>) -> Lanes<Self>
  /// `a * b + c`, `a * b - c` and `c - a * b` with one rounding each.
  static func multiplyAdd(_ a: Lanes<Self>, _ b: Lanes<Self>, _ c: Lanes<Self>) -> Lanes<Self>
  static func multiplySubtract(_ a: Lanes<Self>, _ b: Lanes<Self>, _ c: Lanes<Self>) -> Lanes<Self>
  static func subtractProduct(_ a: Lanes<Self>, _ b: Lanes<Self>, from c: Lanes<Self>) -> Lanes<Self>
  /// A constant in every lane.
  static func lanes(_ constant: Double) -> Lanes<Self>
  /// One step of turning sixteen vectors into the vector of their sums: lanes `distance` (1, 2, 4 or 8) apart are added;
  /// runs of `distance` sums come from `a` and from `b` in turn.
  static func pairSums(_ a: Lanes<Self>, _ b: Lanes<Self>, distance: Int) -> Lanes<Self>
  /// Sixteen vectors, `step` apart, to as many whose lanes and numbers have changed places.
  static func transpose(
    _ vectors: UnsafePointer<Lanes<Self>>, step: Int, into transposed: UnsafeMutablePointer<Lanes<Self>>,
    step transposedStep: Int)
  /// `gradient * slope + value * pull + offset` in double precision, rounded once: for constants that meet every pixel of a
  /// channel, whose rounding would not average out.
  static func wideSum(_ gradient: Lanes<Self>, _ slope: Double, _ value: Lanes<Self>, _ pull: Double, _ offset: Double)
    -> Lanes<Self>
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
  public static func sum(_ a: Lanes<Float>, _ b: Lanes<Float>) -> Lanes<Float> { kiln_sum_float16(a, b) }

  @inlinable @inline(__always)
  public static func product(_ a: Lanes<Float>, _ b: Lanes<Float>) -> Lanes<Float> { kiln_product_float16(a, b) }

  @inlinable @inline(__always)
  public static func quotient(_ a: Lanes<Float>, _ b: Lanes<Float>) -> Lanes<Float> { kiln_quotient_float16(a, b) }

  @inlinable @inline(__always)
  public static func exponential(_ a: Lanes<Float>) -> Lanes<Float> { kiln_exponential_float16(a) }

  @inlinable @inline(__always)
  public static func exponentialLessOne(_ a: Lanes<Float>) -> Lanes<Float> {
    kiln_exponential_less_one_float16(a)
  }

  @inlinable @inline(__always)
  public static func select(_ a: Lanes<Float>, whereGreater b: Lanes<Float>, than c: Lanes<Float>, else d: Lanes<Float>)
    -> Lanes<Float>
  {
    kiln_select_float16(a, b, c, d)
  }

  @inlinable @inline(__always)
  public static func select(
    _ a: SIMD16<UInt8>, whereGreater b: Lanes<Float>, than c: Lanes<Float>, else d: SIMD16<UInt8>
  ) -> SIMD16<UInt8> {
    kiln_select_bytes_float16(a, b, c, d)
  }

  @inlinable @inline(__always)
  public static func keep(_ a: Lanes<Float>, where bytes: SIMD16<UInt8>, are wanted: UInt8) -> Lanes<Float> {
    kiln_keep_float16(a, bytes, wanted)
  }

  @inlinable @inline(__always)
  public static func lanes(_ bytes: SIMD16<UInt8>) -> Lanes<Float> { kiln_float16_from_bytes(bytes) }

  @inlinable @inline(__always)
  public static func difference(_ a: Lanes<Float>, _ b: Lanes<Float>) -> Lanes<Float> {
    kiln_difference_float16(a, b)
  }

  @inlinable @inline(__always)
  public static func multiplyAdd(_ a: Lanes<Float>, _ b: Lanes<Float>, _ c: Lanes<Float>) -> Lanes<Float> {
    kiln_multiply_add_float16(a, b, c)
  }

  @inlinable @inline(__always)
  public static func multiplySubtract(_ a: Lanes<Float>, _ b: Lanes<Float>, _ c: Lanes<Float>) -> Lanes<Float> {
    kiln_multiply_subtract_float16(a, b, c)
  }

  @inlinable @inline(__always)
  public static func subtractProduct(_ a: Lanes<Float>, _ b: Lanes<Float>, from c: Lanes<Float>) -> Lanes<Float> {
    kiln_subtract_product_float16(a, b, c)
  }

  @inlinable @inline(__always)
  public static func lanes(_ constant: Double) -> Lanes<Float> { Lanes(repeating: Float(constant)) }

  @inlinable @inline(__always)
  public static func pairSums(_ a: Lanes<Float>, _ b: Lanes<Float>, distance: Int) -> Lanes<Float> {
    switch distance {
    case 1: kiln_pair_sums_float16_1(a, b)
    case 2: kiln_pair_sums_float16_2(a, b)
    case 4: kiln_pair_sums_float16_4(a, b)
    default: kiln_pair_sums_float16_8(a, b)
    }
  }

  @inlinable @inline(__always)
  public static func wideSum(
    _ gradient: Lanes<Float>, _ slope: Double, _ value: Lanes<Float>, _ pull: Double, _ offset: Double
  ) -> Lanes<Float> {
    kiln_wide_sum_float16(gradient, slope, value, pull, offset)
  }

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
  public static func sum(_ a: Lanes<Double>, _ b: Lanes<Double>) -> Lanes<Double> { kiln_sum_double16(a, b) }

  @inlinable @inline(__always)
  public static func product(_ a: Lanes<Double>, _ b: Lanes<Double>) -> Lanes<Double> { kiln_product_double16(a, b) }

  @inlinable @inline(__always)
  public static func quotient(_ a: Lanes<Double>, _ b: Lanes<Double>) -> Lanes<Double> { kiln_quotient_double16(a, b) }

  @inlinable @inline(__always)
  public static func exponential(_ a: Lanes<Double>) -> Lanes<Double> { kiln_exponential_double16(a) }

  @inlinable @inline(__always)
  public static func exponentialLessOne(_ a: Lanes<Double>) -> Lanes<Double> {
    kiln_exponential_less_one_double16(a)
  }

  @inlinable @inline(__always)
  public static func select(
    _ a: Lanes<Double>, whereGreater b: Lanes<Double>, than c: Lanes<Double>, else d: Lanes<Double>
  )
    -> Lanes<Double>
  {
    kiln_select_double16(a, b, c, d)
  }

  @inlinable @inline(__always)
  public static func select(
    _ a: SIMD16<UInt8>, whereGreater b: Lanes<Double>, than c: Lanes<Double>, else d: SIMD16<UInt8>
  ) -> SIMD16<UInt8> {
    kiln_select_bytes_double16(a, b, c, d)
  }

  @inlinable @inline(__always)
  public static func keep(_ a: Lanes<Double>, where bytes: SIMD16<UInt8>, are wanted: UInt8) -> Lanes<Double> {
    kiln_keep_double16(a, bytes, wanted)
  }

  @inlinable @inline(__always)
  public static func lanes(_ bytes: SIMD16<UInt8>) -> Lanes<Double> { kiln_double16_from_bytes(bytes) }

  @inlinable @inline(__always)
  public static func difference(_ a: Lanes<Double>, _ b: Lanes<Double>) -> Lanes<Double> {
    kiln_difference_double16(a, b)
  }

  @inlinable @inline(__always)
  public static func multiplyAdd(_ a: Lanes<Double>, _ b: Lanes<Double>, _ c: Lanes<Double>) -> Lanes<Double> {
    kiln_multiply_add_double16(a, b, c)
  }

  @inlinable @inline(__always)
  public static func multiplySubtract(_ a: Lanes<Double>, _ b: Lanes<Double>, _ c: Lanes<Double>) -> Lanes<Double> {
    kiln_multiply_subtract_double16(a, b, c)
  }

  @inlinable @inline(__always)
  public static func subtractProduct(_ a: Lanes<Double>, _ b: Lanes<Double>, from c: Lanes<Double>) -> Lanes<Double> {
    kiln_subtract_product_double16(a, b, c)
  }

  @inlinable @inline(__always)
  public static func lanes(_ constant: Double) -> Lanes<Double> { Lanes(repeating: Double(constant)) }

  @inlinable @inline(__always)
  public static func pairSums(_ a: Lanes<Double>, _ b: Lanes<Double>, distance: Int) -> Lanes<Double> {
    switch distance {
    case 1: kiln_pair_sums_double16_1(a, b)
    case 2: kiln_pair_sums_double16_2(a, b)
    case 4: kiln_pair_sums_double16_4(a, b)
    default: kiln_pair_sums_double16_8(a, b)
    }
  }

  @inlinable @inline(__always)
  public static func wideSum(
    _ gradient: Lanes<Double>, _ slope: Double, _ value: Lanes<Double>, _ pull: Double, _ offset: Double
  ) -> Lanes<Double> {
    kiln_wide_sum_double16(gradient, slope, value, pull, offset)
  }

  @inlinable @inline(__always)
  public static func laneSum(_ a: Lanes<Double>) -> Double {
    let eight = a.lowHalf + a.highHalf
    let four = eight.lowHalf + eight.highHalf
    let two = four.lowHalf + four.highHalf
    return two.x + two.y
  }
}
