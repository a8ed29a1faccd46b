public import Tensors

/// The window of a pooling layer; no padding, and rows or columns that no window reaches are left out.
public struct PoolingGeometry: Sendable, Hashable {
  public let kernelHeight: Int
  public let kernelWidth: Int
  public let strideHeight: Int
  public let strideWidth: Int

  public init(kernel: (height: Int, width: Int), stride: (height: Int, width: Int)) {
    kernelHeight = kernel.height
    kernelWidth = kernel.width
    strideHeight = stride.height
    strideWidth = stride.width
  }

  public var isTwoByTwo: Bool { kernelHeight == 2 && kernelWidth == 2 && strideHeight == 2 && strideWidth == 2 }

  /// Windows share no pixel, so a gradient is stored once and never added to.
  public var windowsAreDisjoint: Bool { strideHeight >= kernelHeight && strideWidth >= kernelWidth }
}

extension PoolingGeometry {
  /// output[c][y][x] = the greatest of its window, for one channel.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func maximum<Scalar: LaneScalar>(channel: Int, _ input: PackView<Scalar>, into output: PackView<Scalar>) {
    withKernelSize { height, width in
      for y in 0..<output.height {
        for x in 0..<output.width {
          let window = UnsafePointer(input.at(channel, y &* strideHeight, x &* strideWidth))
          var greatest = window[0]
          for row in 0..<height {
            for column in 0..<width {
              let value = window[row &* input.rowStride &+ column]
              greatest = keepingNaN(Scalar.select(value, whereGreater: value, than: greatest, else: greatest), value)
            }
          }
          output.at(channel, y, x).pointee = greatest
        }
      }
    }
  }

  /// Gives each window's gradient to its first greatest pixel, as PyTorch does, for one channel.
  ///
  /// `inputGradient` may be the memory of `input` itself when windows are disjoint. With `rectified`, the
  /// input came out of a ReLU, and nothing flows to a pixel that is not positive.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func maximumGradient<Scalar: LaneScalar>(
    channel: Int, _ input: PackView<Scalar>, _ gradient: PackView<Scalar>, into inputGradient: PackView<Scalar>,
    rectified: Bool
  ) {
    if windowsAreDisjoint {
      clearUncovered(channel: channel, covered: gradient, of: inputGradient)
      withKernelSize { height, width in
        forEachWindow(channel: channel, input, gradient) { window, slope, y, x in
          let target = inputGradient.at(channel, y &* strideHeight, x &* strideWidth)
          route(window, input.rowStride, slope, height, width, rectified: rectified) { row, column, share in
            target[row &* inputGradient.rowStride &+ column] = share
          }
        }
      }
    } else {
      clear(channel: channel, inputGradient)
      forEachWindow(channel: channel, input, gradient) { window, slope, y, x in
        let target = inputGradient.at(channel, y &* strideHeight, x &* strideWidth)
        route(window, input.rowStride, slope, kernelHeight, kernelWidth, rectified: rectified) { row, column, share in
          let place = row &* inputGradient.rowStride &+ column
          target[place] = Scalar.sum(target[place], share)
        }
      }
    }
  }

  /// Calls `body` with the kernel's height and width: as constants for the most common size, so that the loops over it unroll.
  @inline(__always)
  func withKernelSize(_ body: (_ height: Int, _ width: Int) -> Void) {
    if kernelHeight == 2 && kernelWidth == 2 { body(2, 2) } else { body(kernelHeight, kernelWidth) }
  }

  /// Calls `give` for every pixel of a window, in order, with the gradient that it gets.
  @inline(__always)
  private func route<Scalar: LaneScalar>(
    _ window: UnsafePointer<Lanes<Scalar>>, _ rowStride: Int, _ slope: Lanes<Scalar>, _ height: Int, _ width: Int,
    rectified: Bool, give: (_ row: Int, _ column: Int, _ share: Lanes<Scalar>) -> Void
  ) {
    let zero = Lanes<Scalar>(repeating: 0)
    var greatest = window[0]
    for row in 0..<height {
      for column in 0..<width {
        let value = window[row &* rowStride &+ column]
        greatest = Scalar.select(value, whereGreater: value, than: greatest, else: greatest)
      }
    }
    // What is still to be given: it drops to zero in a lane once its first greatest pixel has been met.
    var left = rectified ? Scalar.select(slope, whereGreater: greatest, than: zero, else: zero) : slope
    for row in 0..<height {
      for column in 0..<width {
        let value = window[row &* rowStride &+ column]
        let share = Scalar.select(zero, whereGreater: greatest, than: value, else: left)
        left = Scalar.select(left, whereGreater: greatest, than: value, else: zero)
        give(row, column, share)
      }
    }
  }

  @inline(__always)
  func forEachWindow<Scalar: LaneScalar>(
    channel: Int, _ input: PackView<Scalar>, _ gradient: PackView<Scalar>,
    _ body: (UnsafePointer<Lanes<Scalar>>, _ slope: Lanes<Scalar>, _ y: Int, _ x: Int) -> Void
  ) {
    for y in 0..<gradient.height {
      for x in 0..<gradient.width {
        body(
          UnsafePointer(input.at(channel, y &* strideHeight, x &* strideWidth)), gradient.at(channel, y, x).pointee, y,
          x)
      }
    }
  }

  /// Zero where no window reaches: between windows, to the right and below.
  @inline(__always)
  func clearUncovered<Scalar: LaneScalar>(
    channel: Int, covered gradient: PackView<Scalar>, of inputGradient: PackView<Scalar>
  ) {
    let isDense = strideHeight == kernelHeight && strideWidth == kernelWidth
    let rows = gradient.height &* strideHeight
    let columns = gradient.width &* strideWidth
    for y in 0..<inputGradient.height {
      for x in 0..<inputGradient.width {
        let isCovered =
          y < rows && x < columns && (isDense || (y % strideHeight < kernelHeight && x % strideWidth < kernelWidth))
        if !isCovered { inputGradient.at(channel, y, x).pointee = Lanes(repeating: 0) }
      }
    }
  }

  @inline(__always)
  func clear<Scalar: LaneScalar>(channel: Int, _ tensor: PackView<Scalar>) {
    for y in 0..<tensor.height {
      for x in 0..<tensor.width { tensor.at(channel, y, x).pointee = Lanes(repeating: 0) }
    }
  }
}

/// `greatest`, or NaN where `value` is NaN: a diverged activation must not vanish in a comparison.
@inline(__always)
func keepingNaN<Scalar: LaneScalar>(_ greatest: Lanes<Scalar>, _ value: Lanes<Scalar>) -> Lanes<Scalar> {
  // 0 * NaN is NaN and 0 * anything finite adds nothing; infinities too turn to NaN, which is as well diverged.
  var result = greatest
  Scalar.addProduct(value, Lanes(repeating: 0), to: &result)
  return result
}
