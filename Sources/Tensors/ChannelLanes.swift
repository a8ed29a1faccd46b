public import CVector

/// What kernels need that put channels into the lanes instead of images. Eight channels are half a vector: a register of
/// AVX2 in single precision.
public protocol ChannelLaneScalar: SIMDScalar, Codable, Hashable {
  /// Turns `count` channels (1...8), vectors of sixteen images `step` vectors apart, into sixteen rows of eight channels,
  /// `row` scalars apart and aligned to eight. Places from `count` on repeat the last channel.
  static func transpose(
    _ channels: UnsafePointer<SIMD16<Self>>, step: Int, count: Int, to images: UnsafeMutablePointer<Self>, row: Int)
  static func sum(_ a: SIMD8<Self>, _ b: SIMD8<Self>) -> SIMD8<Self>
  static func difference(_ a: SIMD8<Self>, _ b: SIMD8<Self>) -> SIMD8<Self>
  /// `total += a * b` with one rounding.
  static func addProduct(_ a: SIMD8<Self>, _ b: SIMD8<Self>, to total: inout SIMD8<Self>)
}

extension Float: ChannelLaneScalar {
  @inlinable @inline(__always)
  public static func transpose(
    _ channels: UnsafePointer<SIMD16<Float>>, step: Int, count: Int, to images: UnsafeMutablePointer<Float>, row: Int
  ) {
    kiln_transpose_channels_float16(
      UnsafeRawPointer(channels).assumingMemoryBound(to: Float.self), step, count, images, row)
  }

  @inlinable @inline(__always)
  public static func sum(_ a: SIMD8<Float>, _ b: SIMD8<Float>) -> SIMD8<Float> { kiln_half_sum_float16(a, b) }

  @inlinable @inline(__always)
  public static func difference(_ a: SIMD8<Float>, _ b: SIMD8<Float>) -> SIMD8<Float> {
    kiln_half_difference_float16(a, b)
  }

  @inlinable @inline(__always)
  public static func addProduct(_ a: SIMD8<Float>, _ b: SIMD8<Float>, to total: inout SIMD8<Float>) {
    total = kiln_half_multiply_add_float16(a, b, total)
  }
}

extension Double: ChannelLaneScalar {
  @inlinable @inline(__always)
  public static func transpose(
    _ channels: UnsafePointer<SIMD16<Double>>, step: Int, count: Int, to images: UnsafeMutablePointer<Double>, row: Int
  ) {
    kiln_transpose_channels_double16(
      UnsafeRawPointer(channels).assumingMemoryBound(to: Double.self), step, count, images, row)
  }

  @inlinable @inline(__always)
  public static func sum(_ a: SIMD8<Double>, _ b: SIMD8<Double>) -> SIMD8<Double> { kiln_half_sum_double16(a, b) }

  @inlinable @inline(__always)
  public static func difference(_ a: SIMD8<Double>, _ b: SIMD8<Double>) -> SIMD8<Double> {
    kiln_half_difference_double16(a, b)
  }

  @inlinable @inline(__always)
  public static func addProduct(_ a: SIMD8<Double>, _ b: SIMD8<Double>, to total: inout SIMD8<Double>) {
    total = kiln_half_multiply_add_double16(a, b, total)
  }
}
