public import Tensors

/// The points of kernels, and kernels from the sums at the points of their gradients.
extension WinogradConvolution {
  var forwardKernels: WinogradKernels { WinogradKernels(results: outputs, summands: inputs) }
  var backwardKernels: WinogradKernels { WinogradKernels(results: inputs, summands: outputs) }

  /// Scalars of the points for each direction.
  public var forwardPointCount: Int { forwardKernels.scalars }
  public var backwardPointCount: Int { needsInputGradient ? backwardKernels.scalars : 0 }

  /// Shares of `prepare`: blocks of results of both directions.
  public var weightShares: Int {
    forwardKernels.blocks.count + (needsInputGradient ? backwardKernels.blocks.count : 0)
  }

  /// Transforms the kernels of one block, several results in the lanes.
  ///
  /// - Parameters:
  ///   - weights: [output][input][row][column].
  ///   - forward, backward: `forwardPointCount` and `backwardPointCount` scalars.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func prepare<Scalar: LaneScalar>(
    share: Int, _ weights: Values<Scalar>, forward: Values<Scalar>, backward: Values<Scalar>
  ) {
    let count = forwardKernels.blocks.count
    if share < count {
      prepare(block: share, forwardKernels, weights, into: forward, isForward: true)
    } else {
      prepare(block: share - count, backwardKernels, weights, into: backward, isForward: false)
    }
  }

  @inline(__always)
  private func prepare<Scalar: LaneScalar>(
    block: Int, _ kernels: WinogradKernels, _ weights: Values<Scalar>, into points: Values<Scalar>, isForward: Bool
  ) {
    let results = kernels.blocks.range(block)
    let offset = kernels.offset(point: 0, block: block)
    let stride = kernels.scalarsPerPoint
    let count = results.count
    for summand in 0..<kernels.summands {
      var rows = Ten(repeating: Ten(repeating: Scalar.lanes(0)))
      unrolled(3) { row in
        unrolled(3) { column in
          var taps = Scalar.lanes(0)
          unrolled(10) { lane in
            if lane < count {
              let result = results.lowerBound &+ lane
              let tap =
                isForward
                ? place(output: result, input: summand, row: row, column: column)
                : place(output: summand, input: result, row: 2 &- row, column: 2 &- column)
              if tap >= 0 { taps[lane] = weights.pointer[tap] }
            }
          }
          rows[row][column] = taps
        }
      }
      let target = UnsafeMutableRawPointer(points.pointer + (offset &+ summand &* results.count))
      store(rows, at: target, stride: stride &* MemoryLayout<Scalar>.stride)
    }
  }

  /// Vectors overlap: what one writes beyond its block's results, the next one writes again.
  @inline(__always)
  private func store<Scalar: LaneScalar>(
    _ taps: Ten<Ten<Lanes<Scalar>>>, at target: UnsafeMutableRawPointer, stride: Int
  ) {
    var half = Ten(repeating: Ten(repeating: Scalar.lanes(0)))
    unrolled(3) { column in
      var values = Ten(repeating: Scalar.lanes(0))
      unrolled(3) { row in values[row] = taps[row][column] }
      let transformed = WinogradTransform<Scalar>.points(ofTaps: values)
      unrolled(6) { row in half[row][column] = transformed[row] }
    }
    unrolled(6) { row in
      let transformed = WinogradTransform<Scalar>.points(ofTaps: half[row])
      unrolled(6) { column in
        (target + (6 &* row &+ column) &* stride).storeBytes(of: transformed[column], as: Lanes<Scalar>.self)
      }
    }
  }

  /// Where a tap of a phase's kernel lies among the weights; -1 if the kernel has none there.
  @inline(__always)
  func place(output: Int, input: Int, row: Int, column: Int) -> Int {
    // Every kernel but those of strides: no division.
    if geometry.taps == 9 && phases == 1 {
      return (output &* geometry.inputChannels &+ input) &* 9 &+ 3 &* row &+ column
    }
    let (channel, phase) = (input / phases, input % phases)
    let y = row &* geometry.strideHeight &+ phase / geometry.strideWidth
    let x = column &* geometry.strideWidth &+ phase % geometry.strideWidth
    guard y < geometry.kernelHeight && x < geometry.kernelWidth else { return -1 }
    return ((output &* geometry.inputChannels &+ channel) &* geometry.kernelHeight &+ y) &* geometry.kernelWidth &+ x
  }

  /// Vectors that one share of the backward pass leaves behind: the sums at the points of all kernels, then the biases'.
  public var partialVectors: Int { sumVectors.plus(outputs) }
  var sumVectors: Int { WinogradTile.points.times(sumStride) }
  /// From point to point: an odd number, so that a kernel's points do not share a set of the caches.
  var sumStride: Int { windowChannels.times(ownVectors) | 1 }

  /// Shares of `finish`: vectors of kernels.
  public var gradientShares: Int { windowChannels * ownVectors }

  /// Adds the shares' sums in order, and turns them into the gradients of sixteen kernels.
  ///
  /// - Parameters:
  ///   - partials: `backwardShares * partialVectors`.
  ///   - gradient: [output][input][row][column].
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func finish<Scalar: LaneScalar>(share: Int, partials: Values<Lanes<Scalar>>, gradient: Values<Scalar>) {
    let (row, vector) = (share / ownVectors, share % ownVectors)
    @inline(__always) func sum(_ point: Int) -> Lanes<Scalar> {
      let first = partials.pointer + (point &* sumStride &+ share)
      var sum = first.pointee
      for share in 1..<max(backwardShares, 1) { sum = Scalar.sum(sum, first[share &* partialVectors]) }
      return sum
    }
    var half = Ten(repeating: Ten(repeating: Scalar.lanes(0)))
    unrolled(6) { column in
      var values = Ten(repeating: Scalar.lanes(0))
      unrolled(6) { row in values[row] = sum(6 &* row &+ column) }
      let taps = WinogradTransform<Scalar>.taps(values)
      unrolled(3) { row in half[row][column] = taps[row] }
    }
    unrolled(3) { y in
      let taps = WinogradTransform<Scalar>.taps(half[y])
      unrolled(3) { x in
        for lane in 0..<min(laneCount, ownChannels &- vector &* laneCount) {
          let own = vector &* laneCount &+ lane
          let tap =
            needsInputGradient
            ? place(output: row, input: own, row: 2 &- y, column: 2 &- x)
            : place(output: own, input: row, row: y, column: x)
          if tap >= 0 { gradient.pointer[tap] = taps[x][lane] }
        }
      }
    }
  }

  /// The biases' gradient, from the shares' sums.
  public func finishBiases<Scalar: LaneScalar>(partials: Values<Lanes<Scalar>>, gradient: Values<Scalar>) {
    for output in 0..<outputs {
      var sum = partials.pointer[sumVectors + output]
      for share in 1..<max(backwardShares, 1) {
        sum = Scalar.sum(sum, partials.pointer[share * partialVectors + sumVectors + output])
      }
      gradient.pointer[output] = Scalar.laneSum(sum)
    }
  }
}
