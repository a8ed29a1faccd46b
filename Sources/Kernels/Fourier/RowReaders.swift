import CVector
import Tensors

/// Where the rows of tiles are read from.
protocol RowReader<Scalar> {
  associatedtype Scalar
  associatedtype Source: RealSource<Scalar>
  /// The sixteen points of a tile's row whose first lies at `column`; all of them exist.
  func source(row: Int, column: Int) -> Source
  func pixel(row: Int, column: Int) -> Lanes<Scalar>
  /// Asks for the points of a row that will be read soon; it need not exist.
  func prefetch(row: Int, column: Int)
}

/// A channel of a tensor, read with steps; points from `used` on are zero.
struct PlaneReader<Scalar: LaneScalar, let used: Int>: RowReader {
  let plane: UnsafePointer<Lanes<Scalar>>
  let rowStride: Int
  let step: Int

  @inline(__always)
  func source(row: Int, column: Int) -> PixelRow<Scalar, used> {
    PixelRow(pixels: plane + (row &* rowStride &+ column), step: step)
  }

  @inline(__always)
  func pixel(row: Int, column: Int) -> Lanes<Scalar> { plane[row &* rowStride &+ column] }

  @inline(__always)
  func prefetch(row: Int, column: Int) {
    let first = plane + (row &* rowStride &+ column)
    for point in 0..<used { kiln_prefetch_for_read(first + point &* step) }
  }
}

/// A channel of a gradient; points from `used` on lie before the first.
struct RotatedPlaneReader<Scalar: LaneScalar, let used: Int>: RowReader {
  let plane: UnsafePointer<Lanes<Scalar>>
  let rowStride: Int

  @inline(__always)
  func source(row: Int, column: Int) -> RotatedPixelRow<Scalar, used> {
    RotatedPixelRow(pixels: plane + (row &* rowStride &+ column))
  }

  @inline(__always)
  func pixel(row: Int, column: Int) -> Lanes<Scalar> { plane[row &* rowStride &+ column] }

  @inline(__always)
  func prefetch(row: Int, column: Int) {
    let first = plane + (row &* rowStride &+ column)
    for point in 0..<used { kiln_prefetch_for_read(first + point) }
  }
}

/// A channel of a gradient that lies behind a max pooling of 2 x 2: a window's gradient belongs to the pixel that was
/// chosen. Rotated like the one above; tiles begin at even columns.
struct PooledReader<Scalar: LaneScalar, let used: Int>: RowReader {
  let plane: UnsafePointer<Lanes<Scalar>>
  let rowStride: Int
  /// Which pixel of each window was chosen: [row][column], without gaps.
  let choices: UnsafePointer<SIMD16<UInt8>>
  let width: Int

  @inline(__always)
  func source(row: Int, column: Int) -> PooledRow<Scalar, used> {
    let (y, x) = (row &>> 1, column &>> 1)
    return PooledRow(
      slopes: plane + (y &* rowStride &+ x), choices: choices + (y &* width &+ x), firstChoice: UInt8(2 &* (row & 1)))
  }

  @inline(__always)
  func pixel(row: Int, column: Int) -> Lanes<Scalar> {
    let (y, x) = (row &>> 1, column &>> 1)
    return Scalar.keep(
      plane[y &* rowStride &+ x], where: choices[y &* width &+ x], are: UInt8(2 &* (row & 1) &+ (column & 1)))
  }

  @inline(__always)
  func prefetch(row: Int, column: Int) {
    let first = plane + ((row &>> 1) &* rowStride &+ column &>> 1)
    for point in 0..<(used / 2) { kiln_prefetch_for_read(first + point) }
  }
}
