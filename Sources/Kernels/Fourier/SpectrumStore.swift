import Tensors

/// A tile is 16 x 16 real pixels. Its transform has 126 complex frequencies and four real ones, which travel in
/// pairs as if they were two more.
enum FourierTile {
  static let side = 16
  static let frequencies = 128
  /// The frequencies from here on hold pairs of real values, whose product is not a complex one.
  static let firstRealPair = 126
  /// The pair that holds the sum of all pixels, as its real part.
  static let constantTerm = 126
  /// Vectors of a tile between its row and its column transforms: 16 rows of X0, X8 and seven complex values.
  static let halfTransformed = 256
}

/// How the spectrum of a tile is stored, frequency by frequency.
protocol SpectrumStore<Scalar> {
  associatedtype Scalar: LaneScalar
  /// Vectors a frequency takes.
  static var width: Int { get }
  static func put(_ value: Complex<Scalar>, at place: UnsafeMutablePointer<Lanes<Scalar>>)
  static func putRealPair(_ value: Complex<Scalar>, at place: UnsafeMutablePointer<Lanes<Scalar>>)
}

/// Real part, imaginary part.
enum PairStore<Scalar: LaneScalar>: SpectrumStore {
  static var width: Int { 2 }

  @inline(__always)
  static func put(_ value: Complex<Scalar>, at place: UnsafeMutablePointer<Lanes<Scalar>>) {
    place[0] = value.re
    place[1] = value.im
  }

  @inline(__always)
  static func putRealPair(_ value: Complex<Scalar>, at place: UnsafeMutablePointer<Lanes<Scalar>>) {
    put(value, at: place)
  }
}

/// Real part, sum and difference of the parts: what products by Gauss's three multiplications need of an operand
/// that enters many of them.
enum TripleStore<Scalar: LaneScalar>: SpectrumStore {
  static var width: Int { 3 }

  @inline(__always)
  static func put(_ value: Complex<Scalar>, at place: UnsafeMutablePointer<Lanes<Scalar>>) {
    place[0] = value.re
    place[1] = Scalar.sum(value.re, value.im)
    place[2] = Scalar.difference(value.re, value.im)
  }

  /// Where `RealPairSum` looks for them.
  @inline(__always)
  static func putRealPair(_ value: Complex<Scalar>, at place: UnsafeMutablePointer<Lanes<Scalar>>) {
    place[1] = value.im
    place[2] = value.re
  }
}
