import CVector
import Tensors

/// Tiles of one channel, side by side, between their row and their column transforms, and the place of their rows and
/// columns in the tensor that they come from or go to. Rows are walked from end to end, as memory likes it.
struct TileRows<Scalar: LaneScalar> {
  let rows: TileAxis
  let columns: TileAxis
  let tileRow: Int
  let tiles: Range<Int>
  /// `FourierTile.halfTransformed` vectors a tile.
  let half: UnsafeMutablePointer<Lanes<Scalar>>
  /// Two rows of a tile that reaches over the edge.
  let edge: UnsafeMutablePointer<Lanes<Scalar>>

  /// Row `slot` of a tile, half-transformed.
  @inline(__always)
  func half(_ tile: Int, _ slot: Int) -> HalfRow<Scalar> {
    HalfRow(
      row: half + ((tile &- tiles.lowerBound) &* FourierTile.halfTransformed &+ FourierTile.side &* slot))
  }

  /// Transforms every row of every tile.
  @inline(never)
  func transform<Reader: RowReader<Scalar>>(_ reader: Reader) {
    let complete = columns.complete(tiles)
    for slot in 0..<(rows.isRotated ? FourierTile.side : rows.used) {
      let row = rows.position(tileRow, slot)
      let exists = row >= 0 && row < rows.count
      for tile in tiles {
        if !exists {
          clear(half(tile, slot))
        } else if complete.contains(tile) {
          let column = columns.position(tile, 0)
          reader.prefetch(row: row &+ rows.step, column: column)
          SmallTransforms.real16(reader.source(row: row, column: column), half(tile, slot))
        } else {
          gather(reader, row: row, tile: tile)
          SmallTransforms.real16(PixelRow<Scalar, 16>(pixels: edge, step: 1), half(tile, slot))
        }
      }
    }
  }

  @inline(__always)
  private func clear(_ half: HalfRow<Scalar>) {
    let zero = Complex(Scalar.lanes(0), Scalar.lanes(0))
    for place in 0..<8 { half.put(place, zero) }
  }

  @inline(__always)
  private func gather<Reader: RowReader<Scalar>>(_ reader: Reader, row: Int, tile: Int) {
    for slot in 0..<FourierTile.side {
      let column = columns.position(tile, slot)
      let exists = (columns.isRotated || slot < columns.used) && column >= 0 && column < columns.count
      edge[slot] = exists ? reader.pixel(row: row, column: column) : Scalar.lanes(0)
    }
  }

  /// Transforms the first `side` rows of every tile back, finishes their pixels and stores those that exist.
  @inline(never)
  func store<let side: Int, F: Finish<Scalar>>(
    _: TileTransform<side>.Type, into tensor: PackView<Scalar>, channel: Int, finish: F
  ) {
    let complete = columns.complete(tiles)
    let plane = channel &* tensor.channelStride
    let nextRow = rows.step &* tensor.rowStride
    for slot in 0..<side {
      let row = rows.position(tileRow, slot)
      guard row >= 0 && row < rows.count else { continue }
      for tile in tiles {
        let column = columns.position(tile, 0)
        let offset = plane &+ row &* tensor.rowStride &+ column
        if complete.contains(tile) {
          if row &+ rows.step < rows.count {
            prepare(tensor, at: offset &+ nextRow, count: side, finish: finish)
          }
          SmallTransforms.inverseReal16(
            half(tile, slot),
            FinishedRow<F, side>(
              pixels: tensor.origin + offset, step: columns.step, offset: offset, finish: finish))
        } else {
          SmallTransforms.inverseReal16(half(tile, slot), RealRow<Scalar, side>(pixels: edge))
          for x in 0..<side {
            let distance = x &* columns.step
            guard column &+ distance >= 0 && column &+ distance < columns.count else { continue }
            tensor.origin[offset &+ distance] = finish.finish(edge[x], at: offset &+ distance)
          }
        }
      }
    }
  }

  /// Asks for the pixels of a tile's row that will be finished and stored soon.
  @inline(__always)
  private func prepare<F: Finish<Scalar>>(_ tensor: PackView<Scalar>, at offset: Int, count: Int, finish: F) {
    for slot in 0..<count {
      let place = offset &+ slot &* columns.step
      kiln_prefetch_for_write(tensor.origin + place)
      finish.prepare(at: place)
    }
  }

  /// The sum over the pixels that belong to no other tile.
  @inline(never)
  func sumOfOwnPixels<Reader: RowReader<Scalar>>(_ reader: Reader) -> Lanes<Scalar> {
    let firstColumn = tiles.lowerBound &* columns.side
    let endColumn = min(tiles.upperBound &* columns.side, columns.count)
    let firstRow = min(tileRow &* rows.side, rows.count)
    let endRow = min(firstRow &+ rows.side, rows.count)
    // Two chains of additions, so that one need not wait for the other.
    var even = Scalar.lanes(0)
    var odd = Scalar.lanes(0)
    for row in firstRow..<endRow {
      var column = firstColumn
      while column &+ 2 <= endColumn {
        even = Scalar.sum(even, reader.pixel(row: row, column: column))
        odd = Scalar.sum(odd, reader.pixel(row: row, column: column &+ 1))
        column &+= 2
      }
      if column < endColumn { even = Scalar.sum(even, reader.pixel(row: row, column: column)) }
    }
    return Scalar.sum(even, odd)
  }
}
