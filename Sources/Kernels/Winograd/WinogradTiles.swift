import CVector
import Tensors

/// The points of a chunk of tiles: [point][channel][tile]. Points lie an odd number of vectors apart, so that those of a
/// tile do not share a set of the first-level cache.
struct WinogradPoints<Scalar: LaneScalar> {
  let base: UnsafeMutablePointer<Lanes<Scalar>>
  /// Places for tiles.
  let tiles: Int
  let stride: Int

  init(_ base: UnsafeMutablePointer<Lanes<Scalar>>, channels: Int, tiles: Int) {
    self.base = base
    self.tiles = tiles
    stride = (channels &* tiles) | 1
  }

  static func vectors(channels: Int, tiles: Int) -> Int { WinogradTile.points.times(channels.times(tiles) | 1) }

  @inline(__always)
  func at(_ point: Int, channel: Int, tile: Int) -> UnsafeMutablePointer<Lanes<Scalar>> {
    base + (point &* stride &+ channel &* tiles &+ tile)
  }
}

/// Neighbouring tiles of a row of tiles, and the scratch memory in which they are transformed.
enum WinogradTiles<Scalar: LaneScalar> {
  /// The most tiles that are transformed together.
  static var longestRun: Int { 4 }
  /// Vectors of pixels at an image's edge, and of a half-transformed run.
  static var patch: Int { WinogradTile.side * (WinogradTile.outputs * longestRun + 2) }

  /// Calls `body` for the tiles of a chunk in runs of neighbours: the first one's place, its number in the chunk, and how
  /// many there are.
  @inline(__always)
  static func forEachRun(
    _ chunk: Range<Int>, of grid: WinogradGrid, _ body: (_ row: Int, _ column: Int, _ first: Int, _ count: Int) -> Void
  ) {
    let across = grid.columns.tiles
    var tile = chunk.lowerBound
    while tile < chunk.upperBound {
      let (row, column) = grid.place(tile)
      let count = min(longestRun, across &- column, chunk.upperBound &- tile)
      body(row, column, tile &- chunk.lowerBound, count)
      tile &+= count
    }
  }

  /// 6 x (4 n + 2) pixels to the points of n tiles. Neighbours share the transforms of columns.
  @inline(__always)
  static func points(
    ofWindow window: WinogradWindow<Scalar>, ahead: Int, count: Int, half: UnsafeMutablePointer<Lanes<Scalar>>,
    into points: UnsafeMutablePointer<Lanes<Scalar>>, stride: Int
  ) {
    for column in 0..<(WinogradTile.outputs &* count &+ 2) {
      var pixels = Ten(repeating: Scalar.lanes(0))
      let first = window.pixels + column &* window.column
      unrolled(6) { row in
        pixels[row] = first[row &* window.row]
        kiln_prefetch_for_read(first + (row &* window.row &+ ahead))
      }
      let transformed = WinogradTransform<Scalar>.points(ofSix: pixels)
      unrolled(6) { row in half[6 &* column &+ row] = transformed[row] }
    }
    for tile in 0..<count {
      for row in 0..<6 {
        var pixels = Ten(repeating: Scalar.lanes(0))
        unrolled(6) { column in pixels[column] = half[6 &* (4 &* tile &+ column) &+ row] }
        let transformed = WinogradTransform<Scalar>.points(ofSix: pixels)
        let target = points + (6 &* row &* stride &+ tile)
        unrolled(6) { column in target[column &* stride] = transformed[column] }
      }
    }
  }

  /// 4 x 4 pixels, [row][column] without gaps, to 36 points.
  @inline(__always)
  static func points(
    ofOwn pixels: UnsafePointer<Lanes<Scalar>>, half: UnsafeMutablePointer<Lanes<Scalar>>,
    into points: UnsafeMutablePointer<Lanes<Scalar>>, stride: Int
  ) {
    unrolled(4) { column in
      var values = Ten(repeating: Scalar.lanes(0))
      unrolled(4) { row in values[row] = pixels[4 &* row &+ column] }
      let transformed = WinogradTransform<Scalar>.points(ofFour: values)
      unrolled(6) { row in half[4 &* row &+ column] = transformed[row] }
    }
    for row in 0..<6 {
      var values = Ten(repeating: Scalar.lanes(0))
      unrolled(4) { column in values[column] = half[4 &* row &+ column] }
      let transformed = WinogradTransform<Scalar>.points(ofFour: values)
      let target = points + 6 &* row &* stride
      unrolled(6) { column in target[column &* stride] = transformed[column] }
    }
  }

  /// 36 points of a product to 4 x 4 pixels, handed to `store` row by row.
  @inline(__always)
  static func pixels(
    of points: UnsafePointer<Lanes<Scalar>>, stride: Int, half: UnsafeMutablePointer<Lanes<Scalar>>,
    _ store: (_ row: Int, _ pixels: Ten<Lanes<Scalar>>) -> Void
  ) {
    for column in 0..<6 {
      var values = Ten(repeating: Scalar.lanes(0))
      unrolled(6) { row in values[row] = points[(6 &* row &+ column) &* stride] }
      let transformed = WinogradTransform<Scalar>.pixels(values)
      unrolled(4) { row in half[6 &* row &+ column] = transformed[row] }
    }
    for row in 0..<4 {
      var values = Ten(repeating: Scalar.lanes(0))
      unrolled(6) { column in values[column] = half[6 &* row &+ column] }
      store(row, WinogradTransform<Scalar>.pixels(values))
    }
  }
}
