import Tensors

extension WinogradConvolution {
  /// Transforms one channel's tiles back, and stores the greatest of each window of 2 x 2, the first of equal ones. NaN is
  /// passed on, so that a diverged run is seen.
  @inline(never)
  func storePooled<Scalar: LaneScalar>(
    _ chunk: Range<Int>, _ channel: Int, _ product: UnsafePointer<Lanes<Scalar>>, _ stride: Int, _ bias: Lanes<Scalar>,
    _ output: PooledOutput<Scalar>, rectifies: Bool, _ half: UnsafeMutablePointer<Lanes<Scalar>>
  ) {
    let tensor = output.tensor
    let choices = output.choices(of: channel)
    let floor = Scalar.lanes(rectifies ? 0 : -Double.infinity)
    for tile in chunk {
      let place = forwardGrid.place(tile)
      var above = Ten(repeating: Scalar.lanes(0))
      WinogradTiles<Scalar>.pixels(of: product + (tile &- chunk.lowerBound), stride: stride, half: half) {
        row, pixels in
        guard row & 1 == 1 else {
          above = pixels
          return
        }
        let y = 2 &* place.row &+ row &>> 1
        guard y < tensor.height else { return }
        unrolled(2) { window in
          let x = 2 &* place.column &+ window
          if x < tensor.width {
            let (value, choice) = Self.greatest(
              above[2 &* window], above[2 &* window &+ 1], pixels[2 &* window], pixels[2 &* window &+ 1], bias,
              floor: floor)
            tensor.at(channel, y, x).pointee = value
            choices[y &* tensor.width &+ x] = choice
          }
        }
      }
    }
  }

  @inline(__always)
  private static func greatest<Scalar: LaneScalar>(
    _ a: Lanes<Scalar>, _ b: Lanes<Scalar>, _ c: Lanes<Scalar>, _ d: Lanes<Scalar>, _ bias: Lanes<Scalar>,
    floor: Lanes<Scalar>
  ) -> (Lanes<Scalar>, SIMD16<UInt8>) {
    var greatest = floor
    var choice = SIMD16<UInt8>(repeating: PooledChoice.none)
    var sum = Scalar.lanes(0)
    @inline(__always) func take(_ pixel: Lanes<Scalar>, _ place: UInt8) {
      let value = Scalar.sum(pixel, bias)
      choice = Scalar.select(SIMD16(repeating: place), whereGreater: value, than: greatest, else: choice)
      greatest = Scalar.select(value, whereGreater: value, than: greatest, else: greatest)
      sum = Scalar.sum(sum, value)
    }
    take(a, 0)
    take(b, 1)
    take(c, 2)
    take(d, 3)
    // 0 * NaN is NaN, 0 * anything finite adds nothing.
    return (Scalar.multiplyAdd(sum, Scalar.lanes(0), greatest), choice)
  }
}
