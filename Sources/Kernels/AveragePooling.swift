public import Tensors

extension PoolingGeometry {
  /// Of a pixel in the mean of its window.
  var share: Double { 1 / Double(kernelHeight * kernelWidth) }

  /// output[c][y][x] = the mean of its window, for one channel: each row of the window is summed, then the rows, so that
  /// the mean of a whole image stays exact.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func average<Scalar: LaneScalar>(channel: Int, _ input: PackView<Scalar>, into output: PackView<Scalar>) {
    let share = Scalar.lanes(share)
    withKernelSize { height, width in
      for y in 0..<output.height {
        for x in 0..<output.width {
          let window = UnsafePointer(input.at(channel, y &* strideHeight, x &* strideWidth))
          var total = Scalar.lanes(0)
          for row in 0..<height {
            let pixels = window + row &* input.rowStride
            var sum = pixels[0]
            for column in 1..<max(width, 1) { sum = Scalar.sum(sum, pixels[column]) }
            total = Scalar.sum(total, sum)
          }
          output.at(channel, y, x).pointee = Scalar.product(total, share)
        }
      }
    }
  }

  /// Gives every pixel of a window an equal share of the window's gradient, for one channel.
  ///
  /// With `rectified`, the input came out of a ReLU, and nothing flows to a pixel that is not positive. Then
  /// `inputGradient` may be the memory of `input` itself when windows are disjoint; otherwise `input` is not read.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func averageGradient<Scalar: LaneScalar>(
    channel: Int, _ input: PackView<Scalar>, _ gradient: PackView<Scalar>, into inputGradient: PackView<Scalar>,
    rectified: Bool
  ) {
    let (share, zero) = (Scalar.lanes(share), Scalar.lanes(0))
    @inline(__always) func spread(_ height: Int, _ width: Int, adding: Bool) {
      forEachWindow(channel: channel, input, gradient) { window, slope, y, x in
        let target = inputGradient.at(channel, y &* strideHeight, x &* strideWidth)
        let part = Scalar.product(slope, share)
        for row in 0..<height {
          for column in 0..<width {
            let place = row &* inputGradient.rowStride &+ column
            let pixel = window[row &* input.rowStride &+ column]
            let flow = rectified ? Scalar.select(part, whereGreater: pixel, than: zero, else: zero) : part
            target[place] = adding ? Scalar.sum(target[place], flow) : flow
          }
        }
      }
    }
    if windowsAreDisjoint {
      clearUncovered(channel: channel, covered: gradient, of: inputGradient)
      withKernelSize { spread($0, $1, adding: false) }
    } else {
      clear(channel: channel, inputGradient)
      spread(kernelHeight, kernelWidth, adding: true)
    }
  }
}
