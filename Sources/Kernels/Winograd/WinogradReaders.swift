import Tensors

/// How tensors are read as tiles.
extension WinogradConvolution {
  /// Plane `plane` of the input's phases.
  @inline(__always)
  func plane<Scalar: LaneScalar>(_ plane: Int, of tensor: PackView<Scalar>) -> WinogradPlane<Scalar> {
    let (channel, phase) = (plane / phases, plane % phases)
    return WinogradPlane(
      origin: UnsafePointer(tensor.at(channel, 0, 0)), rowStride: tensor.rowStride,
      rows: rowAxis(phase, of: tensor), columns: columnAxis(phase, of: tensor), choices: nil,
      ahead: channel &+ 1 < geometry.inputChannels ? tensor.channelStride : 0)
  }

  @inline(__always)
  func rowAxis<Scalar: LaneScalar>(_ phase: Int, of tensor: PackView<Scalar>) -> WinogradAxis {
    WinogradAxis(
      first: phase / geometry.strideWidth &- geometry.paddingHeight, step: geometry.strideHeight, count: tensor.height,
      halo: inputHalo.rows)
  }

  @inline(__always)
  func columnAxis<Scalar: LaneScalar>(_ phase: Int, of tensor: PackView<Scalar>) -> WinogradAxis {
    WinogradAxis(
      first: phase % geometry.strideWidth &- geometry.paddingWidth, step: geometry.strideWidth, count: tensor.width,
      halo: inputHalo.columns)
  }

  /// A channel of the output's gradient.
  @inline(__always)
  func plane<Scalar: LaneScalar>(channel: Int, of gradient: OutputGradient<Scalar>) -> WinogradPlane<Scalar> {
    let tensor = gradient.tensor
    let isPooled = gradient.choices != nil
    let scale = isPooled ? 2 : 1
    return WinogradPlane(
      origin: UnsafePointer(tensor.at(channel, 0, 0)), rowStride: tensor.rowStride,
      rows: WinogradAxis(
        first: 0, step: 1, count: scale &* tensor.height, halo: isPooled ? 0 : outputGradientHalo.rows),
      columns: WinogradAxis(
        first: 0, step: 1, count: scale &* tensor.width, halo: isPooled ? 0 : outputGradientHalo.columns),
      choices: gradient.choices.map { UnsafePointer($0.pointer + channel &* tensor.height &* tensor.width) },
      ahead: channel &+ 1 < outputs ? tensor.channelStride : 0)
  }

  /// The points of one plane for all tiles of a chunk, whose windows begin at the tiles' own places.
  @inline(__always)
  func inputPoints<Scalar: LaneScalar>(
    _ chunk: Range<Int>, _ plane: Int, _ tensor: PackView<Scalar>, _ grid: WinogradGrid,
    into points: WinogradPoints<Scalar>, _ scratch: UnsafeMutablePointer<Lanes<Scalar>>
  ) {
    windowPoints(chunk, self.plane(plane, of: tensor), plane, grid, offset: 0, into: points, scratch)
  }

  /// The same for any plane, with windows `offset` positions from the tiles' own places.
  @inline(never)
  func windowPoints<Scalar: LaneScalar>(
    _ chunk: Range<Int>, _ plane: WinogradPlane<Scalar>, _ channel: Int, _ grid: WinogradGrid, offset: Int,
    into points: WinogradPoints<Scalar>, _ scratch: UnsafeMutablePointer<Lanes<Scalar>>
  ) {
    WinogradTiles<Scalar>.forEachRun(chunk, of: grid) { row, column, first, count in
      let window = plane.window(
        grid.rows.first &+ 4 &* row &+ offset, grid.columns.first &+ 4 &* column &+ offset, height: 6,
        width: 4 &* count &+ 2, patch: scratch + WinogradTiles<Scalar>.patch)
      WinogradTiles<Scalar>.points(
        ofWindow: window, ahead: plane.ahead, count: count, half: scratch,
        into: points.at(0, channel: channel, tile: first), stride: points.stride)
    }
  }
}

/// Where the pixels of products are stored: one channel of a tensor, or one phase of it.
struct WinogradTarget<Scalar: LaneScalar> {
  let tensor: PackView<Scalar>
  let channel: Int
  let rows: WinogradAxis
  let columns: WinogradAxis

  @inline(never)
  func store<F: Finish<Scalar>>(
    _ chunk: Range<Int>, of grid: WinogradGrid, _ product: UnsafePointer<Lanes<Scalar>>, _ stride: Int,
    _ bias: Lanes<Scalar>, _ finish: F, half: UnsafeMutablePointer<Lanes<Scalar>>
  ) {
    for tile in chunk {
      let place = grid.place(tile)
      let (firstRow, firstColumn) = (grid.rows.first &+ 4 &* place.row, grid.columns.first &+ 4 &* place.column)
      let isComplete = rows.contains(firstRow, 4) && columns.contains(firstColumn, 4)
      let first = columns.place(firstColumn)
      WinogradTiles<Scalar>.pixels(of: product + (tile &- chunk.lowerBound), stride: stride, half: half) {
        row, pixels in
        let y = rows.place(firstRow &+ row)
        let offset = channel &* tensor.channelStride &+ y &* tensor.rowStride &+ first
        if isComplete {
          unrolled(4) { x in
            let place = offset &+ x &* columns.step
            tensor.origin[place] = finish.finish(Scalar.sum(pixels[x], bias), at: place)
          }
        } else if y >= 0 && y < rows.count {
          unrolled(4) { x in
            let column = columns.place(firstColumn &+ x)
            if column >= 0 && column < columns.count {
              let place = offset &+ x &* columns.step
              tensor.origin[place] = finish.finish(Scalar.sum(pixels[x], bias), at: place)
            }
          }
        }
      }
    }
  }
}
