import CVector
import Tensors

// Where the transforms of a tile find their points and put them.

/// A row of pixels, zero from `used` on.
struct PixelRow<Scalar: LaneScalar, let used: Int>: RealSource {
  let pixels: UnsafePointer<Lanes<Scalar>>
  let step: Int

  @inline(__always)
  func value(_ index: Int) -> Lanes<Scalar> { index < used ? pixels[index &* step] : Scalar.lanes(0) }
}

/// A row whose points from `used` on lie before its first: at -1, -2, ….
struct RotatedPixelRow<Scalar: LaneScalar, let used: Int>: RealSource {
  let pixels: UnsafePointer<Lanes<Scalar>>

  @inline(__always)
  func value(_ index: Int) -> Lanes<Scalar> { pixels[index < used ? index : index &- FourierTile.side] }
}

/// A row of gradients from behind a pooling of 2 x 2, rotated.
struct PooledRow<Scalar: LaneScalar, let used: Int>: RealSource {
  let slopes: UnsafePointer<Lanes<Scalar>>
  let choices: UnsafePointer<SIMD16<UInt8>>
  /// The choice that stands for the left pixel of this row.
  let firstChoice: UInt8

  @inline(__always)
  func value(_ index: Int) -> Lanes<Scalar> {
    let window = (index < used ? index : index &- FourierTile.side) &>> 1
    return Scalar.keep(slopes[window], where: choices[window], are: firstChoice &+ UInt8(index & 1))
  }
}

/// A row of a half-transformed tile: X0, X8 and seven complex values.
struct HalfRow<Scalar: LaneScalar>: ComplexSink, ComplexSource {
  let row: UnsafeMutablePointer<Lanes<Scalar>>

  @inline(__always)
  func put(_ index: Int, _ value: Complex<Scalar>) {
    row[2 &* index] = value.re
    row[2 &* index &+ 1] = value.im
  }

  @inline(__always)
  func value(_ index: Int) -> Complex<Scalar> { Complex(row[2 &* index], row[2 &* index &+ 1]) }
}

/// A complex column of a half-transformed tile, zero from `used` on.
struct HalfColumn<Scalar: LaneScalar, let used: Int>: ComplexSource {
  let column: UnsafePointer<Lanes<Scalar>>

  @inline(__always)
  func value(_ index: Int) -> Complex<Scalar> {
    guard index < used else { return Complex(Scalar.lanes(0), Scalar.lanes(0)) }
    return Complex(column[FourierTile.side &* index], column[FourierTile.side &* index &+ 1])
  }
}

/// A real column of a half-transformed tile, zero from `used` on.
struct RealHalfColumn<Scalar: LaneScalar, let used: Int>: RealSource {
  let column: UnsafePointer<Lanes<Scalar>>

  @inline(__always)
  func value(_ index: Int) -> Lanes<Scalar> {
    index < used ? column[FourierTile.side &* index] : Scalar.lanes(0)
  }
}

/// Sixteen frequencies of a spectrum. They lie far apart, and the next channel's lie beside them: those are asked for.
struct SpectrumColumn<Store: SpectrumStore>: ComplexSink {
  let first: UnsafeMutablePointer<Lanes<Store.Scalar>>
  let stride: Int

  @inline(__always)
  func put(_ index: Int, _ value: Complex<Store.Scalar>) {
    let place = first + index &* stride
    Store.put(value, at: place)
    for vector in 0..<Store.width { kiln_prefetch_for_later(place + (Store.width &+ vector)) }
  }
}

/// Seven frequencies of a spectrum, and the pair of real ones that comes as number 0.
struct RealSpectrumColumn<Store: SpectrumStore>: ComplexSink {
  let first: UnsafeMutablePointer<Lanes<Store.Scalar>>
  let pair: UnsafeMutablePointer<Lanes<Store.Scalar>>
  let stride: Int

  @inline(__always)
  func put(_ index: Int, _ value: Complex<Store.Scalar>) {
    if index == 0 {
      Store.putRealPair(value, at: pair)
    } else {
      Store.put(value, at: first + index &* stride)
    }
  }
}

/// Sixteen frequencies on the way back. With real and imaginary parts exchanged on both sides the forward
/// transform is the inverse one.
struct ExchangedSpectrumColumn<Scalar: LaneScalar>: ComplexSource {
  let first: UnsafePointer<Lanes<Scalar>>
  let stride: Int

  @inline(__always)
  func value(_ index: Int) -> Complex<Scalar> {
    Complex(first[index &* stride &+ 1], first[index &* stride])
  }
}

struct ExchangedHalfColumn<Scalar: LaneScalar, let used: Int>: ComplexSink {
  let column: UnsafeMutablePointer<Lanes<Scalar>>

  @inline(__always)
  func put(_ index: Int, _ value: Complex<Scalar>) {
    guard index < used else { return }
    column[FourierTile.side &* index] = value.im
    column[FourierTile.side &* index &+ 1] = value.re
  }
}

struct RealInverseSpectrumColumn<Scalar: LaneScalar>: ComplexSource {
  let first: UnsafePointer<Lanes<Scalar>>
  let pair: UnsafePointer<Lanes<Scalar>>
  let stride: Int

  @inline(__always)
  func value(_ index: Int) -> Complex<Scalar> {
    let place = index == 0 ? pair : first + index &* stride
    return Complex(place[0], place[1])
  }
}

struct RealInverseHalfColumn<Scalar: LaneScalar, let used: Int>: RealSink {
  let column: UnsafeMutablePointer<Lanes<Scalar>>

  @inline(__always)
  func put(_ index: Int, _ value: Lanes<Scalar>) {
    if index < used { column[FourierTile.side &* index] = value }
  }
}

/// The first `used` pixels of a row, finished and stored.
struct FinishedRow<F: Finish, let used: Int>: RealSink {
  let pixels: UnsafeMutablePointer<Lanes<F.Scalar>>
  let step: Int
  /// Of the first pixel, from the origin of its tensor.
  let offset: Int
  let finish: F

  @inline(__always)
  func put(_ index: Int, _ value: Lanes<F.Scalar>) {
    if index < used { pixels[index &* step] = finish.finish(value, at: offset &+ index &* step) }
  }
}

/// The first `used` pixels of a row as they are.
struct RealRow<Scalar: LaneScalar, let used: Int>: RealSink {
  let pixels: UnsafeMutablePointer<Lanes<Scalar>>

  @inline(__always)
  func put(_ index: Int, _ value: Lanes<Scalar>) {
    if index < used { pixels[index] = value }
  }
}
