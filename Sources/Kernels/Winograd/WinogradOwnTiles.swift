import CVector
import Tensors

/// How the weight gradient reads tiles of 4 x 4 pixels.
extension WinogradConvolution {
  /// The points of sixteen channels of one 4 x 4 tile, transposed so that the channels lie in the lanes.
  @inline(never)
  func ownPoints<Scalar: LaneScalar>(
    _ tile: Int, _ place: Int, _ vector: Int, _ pass: WinogradBackwardPass<Scalar>,
    into points: WinogradOwnPoints<Scalar>, _ scratch: UnsafeMutablePointer<Lanes<Scalar>>
  ) {
    let pixels = scratch + 2 &* WinogradTiles<Scalar>.patch
    transposedPixels(tile, vector, pass, into: pixels, copies: pixels + laneCount &* laneCount)
    for image in 0..<laneCount {
      WinogradTiles<Scalar>.points(
        ofOwn: UnsafePointer(pixels + laneCount &* image), half: scratch,
        into: points.at(0, image: place &* laneCount &+ image, vector: vector), stride: points.stride)
    }
  }

  /// [image][pixel] of a tile, sixteen channels in the lanes; zero in lanes without a channel.
  @inline(__always)
  private func transposedPixels<Scalar: LaneScalar>(
    _ tile: Int, _ vector: Int, _ pass: WinogradBackwardPass<Scalar>, into pixels: UnsafeMutablePointer<Lanes<Scalar>>,
    copies: UnsafeMutablePointer<Lanes<Scalar>>
  ) {
    let place = backwardGrid.place(tile)
    let row = backwardGrid.rows.first &+ 4 &* place.row
    let column = backwardGrid.columns.first &+ 4 &* place.column
    let first = laneCount &* vector
    let count = min(laneCount, ownChannels &- first)
    let tensor = needsInputGradient ? pass.input : pass.gradient.tensor
    let isPlain = needsInputGradient ? phases == 1 : pass.gradient.choices == nil
    let plane = ownPlane(first, pass)
    if isPlain && count == laneCount && plane.rows.contains(row, 4) && plane.columns.contains(column, 4) {
      let source = plane.origin + (plane.rows.place(row) &* plane.rowStride &+ plane.columns.place(column))
      for pixel in 0..<laneCount {
        let from = source + ((pixel &>> 2) &* plane.rowStride &+ (pixel & 3))
        for channel in 0..<laneCount {
          // The tile to the right. The first level is full of this one.
          kiln_prefetch_for_later(from + (channel &* tensor.channelStride &+ 4))
        }
        Scalar.transpose(from, step: tensor.channelStride, into: pixels + pixel, step: laneCount)
      }
      return
    }
    for channel in 0..<laneCount {
      let copy = copies + laneCount &* channel
      guard channel < count else {
        for pixel in 0..<laneCount { copy[pixel] = Scalar.lanes(0) }
        continue
      }
      ownPlane(first &+ channel, pass).copyTile(row, column, to: copy)
    }
    for pixel in 0..<laneCount {
      Scalar.transpose(UnsafePointer(copies + pixel), step: laneCount, into: pixels + pixel, step: laneCount)
    }
  }

  @inline(__always)
  private func ownPlane<Scalar: LaneScalar>(
    _ channel: Int, _ pass: WinogradBackwardPass<Scalar>
  ) -> WinogradPlane<Scalar> {
    needsInputGradient ? plane(channel, of: pass.input) : plane(channel: channel, of: pass.gradient)
  }
}
