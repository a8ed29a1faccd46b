import Tensors

/// The phases of an input tensor, or of its gradient, for a chunk of tiles.
struct PhaseTiles<Scalar: LaneScalar> {
  let plan: FourierConvolution
  let tileRow: Int
  let tiles: Range<Int>
  let used: Int
  let half: UnsafeMutablePointer<Lanes<Scalar>>
  let edge: UnsafeMutablePointer<Lanes<Scalar>>

  /// Calls `body` for every input channel and phase, with row 0, column 0 of the channel and its number among
  /// `plan.inputs`.
  @inline(__always)
  func forEach(
    of tensor: PackView<Scalar>,
    _ body: (TileRows<Scalar>, _ plane: UnsafeMutablePointer<Lanes<Scalar>>, _ channel: Int) -> Void
  ) {
    let geometry = plan.geometry
    for channel in 0..<geometry.inputChannels {
      for row in 0..<geometry.strideHeight {
        for column in 0..<geometry.strideWidth {
          let rows = TileRows(
            rows: axis(row - geometry.paddingHeight, geometry.strideHeight, tensor.height),
            columns: axis(column - geometry.paddingWidth, geometry.strideWidth, tensor.width), tileRow: tileRow,
            tiles: tiles, half: half, edge: edge)
          body(
            rows, tensor.at(channel, 0, 0), (channel &* geometry.strideHeight &+ row) &* geometry.strideWidth &+ column)
        }
      }
    }
  }

  private func axis(_ first: Int, _ step: Int, _ count: Int) -> TileAxis {
    TileAxis(first: first, step: step, side: plan.side, used: used, isRotated: false, count: count)
  }
}
