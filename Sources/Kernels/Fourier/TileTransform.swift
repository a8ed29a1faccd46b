import Tensors

/// Row and column transforms of tiles. `used` is how many leading rows or columns of a tile are not zero (forward) or
/// wanted (inverse), a compile-time constant.
enum TileTransform<let used: Int> {
  /// The column transforms of a tile whose rows are transformed.
  /// - Parameter stride: vectors from one frequency to the next.
  @inline(never)
  static func columns<Scalar, Store: SpectrumStore<Scalar>>(
    _ half: UnsafePointer<Lanes<Scalar>>, into spectrum: UnsafeMutablePointer<Lanes<Scalar>>, stride: Int,
    _: Store.Type
  ) {
    for k in 1..<8 {
      SmallTransforms.complex16(
        HalfColumn<Scalar, used>(column: half + 2 &* k),
        SpectrumColumn<Store>(first: spectrum + 16 &* (k &- 1) &* stride, stride: stride))
    }
    for end in 0..<2 {
      SmallTransforms.real16(
        RealHalfColumn<Scalar, used>(column: half + end),
        RealSpectrumColumn<Store>(
          first: spectrum + (111 &+ 7 &* end) &* stride,
          pair: spectrum + (FourierTile.firstRealPair &+ end) &* stride, stride: stride))
    }
  }

  /// The first `used` rows of a tile from its spectrum (stored in pairs), as half-transformed rows.
  @inline(never)
  static func inverseColumns<Scalar>(
    _ spectrum: UnsafePointer<Lanes<Scalar>>, stride: Int, into half: UnsafeMutablePointer<Lanes<Scalar>>
  ) {
    for k in 1..<8 {
      SmallTransforms.complex16(
        ExchangedSpectrumColumn(first: spectrum + 16 &* (k &- 1) &* stride, stride: stride),
        ExchangedHalfColumn<Scalar, used>(column: half + 2 &* k))
    }
    for end in 0..<2 {
      SmallTransforms.inverseReal16(
        RealInverseSpectrumColumn(
          first: spectrum + (111 &+ 7 &* end) &* stride,
          pair: spectrum + (FourierTile.firstRealPair &+ end) &* stride, stride: stride),
        RealInverseHalfColumn<Scalar, used>(column: half + end))
    }
  }
}
