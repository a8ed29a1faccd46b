/// The element of a lane: `Float` in training, `Double` where the same code is checked against differences.
public protocol LaneScalar: SIMDScalar, BinaryFloatingPoint, Sendable, Codable {}

extension Float: LaneScalar {}
extension Double: LaneScalar {}

/// The same pixel of sixteen images: the unit that every kernel computes with.
public typealias Lanes<Scalar: LaneScalar> = SIMD16<Scalar>

/// Images in a pack.
public let laneCount = 16

extension SIMD16 where Scalar: LaneScalar {
  /// The sum over the lanes by halving, so that it is the same on any register width.
  @inlinable @inline(__always)
  public var laneSum: Scalar {
    let eight = lowHalf + highHalf
    let four = eight.lowHalf + eight.highHalf
    let two = four.lowHalf + four.highHalf
    return two.x + two.y
  }
}
