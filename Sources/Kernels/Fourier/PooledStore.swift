public import Tensors

/// The output of a convolution behind which a max pooling of 2 x 2 stands, perhaps with a ReLU between.
public struct PooledOutput<Scalar: LaneScalar> {
  public let tensor: PackView<Scalar>
  /// For each window the pixel that was chosen, 0...3 in reading order, or `PooledChoice.none`:
  /// [channel][row][column].
  public let choices: Values<SIMD16<UInt8>>

  public init(_ tensor: PackView<Scalar>, choices: Values<SIMD16<UInt8>>) {
    precondition(choices.count >= tensor.channels * tensor.height * tensor.width)
    self.tensor = tensor
    self.choices = choices
  }

  func choices(of channel: Int) -> UnsafeMutablePointer<SIMD16<UInt8>> {
    choices.pointer + channel &* tensor.height &* tensor.width
  }
}

enum PooledChoice {
  /// The ReLU let nothing through.
  static let none: UInt8 = 4
}

extension TileRows {
  /// Transforms the first `side` rows of every tile back, two by two, and stores the greatest of each window, the
  /// first of equal ones. NaN is passed on, so that a diverged run is seen.
  @inline(never)
  func storePooled<let side: Int>(
    _: TileTransform<side>.Type, into output: PooledOutput<Scalar>, channel: Int, rectify: Bool
  ) {
    let tensor = output.tensor
    let choices = output.choices(of: channel)
    let floor = Scalar.lanes(rectify ? 0 : -Double.infinity)
    for slot in Swift.stride(from: 0, to: side, by: 2) {
      let row = rows.position(tileRow, slot) / 2
      guard row < tensor.height else { continue }
      for tile in tiles {
        SmallTransforms.inverseReal16(half(tile, slot), RealRow<Scalar, side>(pixels: edge))
        SmallTransforms.inverseReal16(
          half(tile, slot &+ 1), RealRow<Scalar, side>(pixels: edge + FourierTile.side))
        let column = columns.position(tile, 0) / 2
        let target = tensor.at(channel, row, column)
        let chosen = choices + (row &* tensor.width &+ column)
        for x in 0..<min(side / 2, tensor.width &- column) {
          (target[x], chosen[x]) = greatest(of: edge + 2 &* x, floor: floor)
        }
      }
    }
  }

  @inline(__always)
  private func greatest(
    of window: UnsafePointer<Lanes<Scalar>>, floor: Lanes<Scalar>
  ) -> (Lanes<Scalar>, SIMD16<UInt8>) {
    var greatest = floor
    var choice = SIMD16<UInt8>(repeating: PooledChoice.none)
    var sum = Scalar.lanes(0)
    for place in 0..<4 {
      let value = window[(place & 1) &+ FourierTile.side &* (place &>> 1)]
      choice = Scalar.select(
        SIMD16(repeating: UInt8(place)), whereGreater: value, than: greatest, else: choice)
      greatest = Scalar.select(value, whereGreater: value, than: greatest, else: greatest)
      sum = Scalar.sum(sum, value)
    }
    // 0 * NaN is NaN, 0 * anything finite adds nothing.
    return (Scalar.multiplyAdd(sum, Scalar.lanes(0), greatest), choice)
  }
}
