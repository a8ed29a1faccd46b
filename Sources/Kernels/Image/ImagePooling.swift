import CVector
import Tensors

/// Pooling of one image, with sixteen neighbouring outputs in the lanes and the sums and comparisons of the packs' kernels.
extension PoolingGeometry {
  /// output[c][y][x] = the greatest of its window, for one channel.
  public func maximum(channel: Int, _ input: ImageView, into output: ImageView) {
    withKernelSize { height, width in
      forEachRun(channel: channel, input, output) { pixels in
        var greatest = pixels.load(0, 0)
        for row in 0..<height {
          for column in 0..<width {
            let value = pixels.load(row, column)
            greatest = keepingNaN(Float.select(value, whereGreater: value, than: greatest, else: greatest), value)
          }
        }
        return greatest
      }
    }
  }

  /// output[c][y][x] = the mean of its window, for one channel.
  public func average(channel: Int, _ input: ImageView, into output: ImageView) {
    let share = Float.lanes(share)
    withKernelSize { height, width in
      forEachRun(channel: channel, input, output) { pixels in
        var total = Float.lanes(0)
        for row in 0..<height {
          var sum = pixels.load(row, 0)
          for column in 1..<max(width, 1) { sum = Float.sum(sum, pixels.load(row, column)) }
          total = Float.sum(total, sum)
        }
        return Float.product(total, share)
      }
    }
  }

  /// Stores what `body` makes of the windows of up to sixteen neighbouring outputs.
  @inline(__always)
  private func forEachRun(
    channel: Int, _ input: ImageView, _ output: ImageView, _ body: (WindowRun) -> Lanes<Float>
  ) {
    for y in 0..<output.height {
      var x = 0
      while x < output.width {
        let count = min(laneCount, output.width &- x)
        let run = WindowRun(
          first: UnsafePointer(input.at(channel, y &* strideHeight, x &* strideWidth)), rowStride: input.rowStride,
          step: strideWidth, count: count)
        let values = body(run)
        let target = output.at(channel, y, x)
        if count == laneCount {
          UnsafeMutableRawPointer(target).storeBytes(of: values, as: Lanes<Float>.self)
        } else {
          for lane in 0..<count { target[lane] = values[lane] }
        }
        x &+= laneCount
      }
    }
  }
}

/// The windows of `count` outputs that stand side by side; lanes behind them hold anything.
private struct WindowRun {
  let first: UnsafePointer<Float>
  let rowStride: Int
  let step: Int
  let count: Int

  /// The same pixel of every window.
  @inline(__always)
  func load(_ row: Int, _ column: Int) -> Lanes<Float> {
    let place = first + (row &* rowStride &+ column)
    // Whole registers reach over the edge of the image, not of its memory.
    if step == 1 { return kiln_load_float16(place) }
    if step == 2 { return kiln_load_every_second_float16(place) }
    var lanes = Lanes<Float>(repeating: 0)
    for lane in 0..<count { lanes[lane] = place[lane &* step] }
    return lanes
  }
}
