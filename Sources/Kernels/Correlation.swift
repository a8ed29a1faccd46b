import Tensors

/// A correlation of one pack with packed weights, row by row: the forward pass of a convolution,
/// and each phase of its input gradient.
struct Correlation<Scalar: LaneScalar> {
  let input: UnsafePointer<Lanes<Scalar>>
  let inputRowStep: Int
  let output: UnsafeMutablePointer<Lanes<Scalar>>
  let outputOffset: Int
  let outputRowStep: Int
  let outputChannels: Int
  let outputWidth: Int
  let strides: BlockStrides
  let window: Window
  let weights: UnsafePointer<Scalar>
  /// One value a channel.
  let bias: UnsafePointer<Scalar>

  /// Computes row `row` of every output channel.
  @inline(__always)
  func run<F: Finish<Scalar>>(row: Int, finish: F) {
    let blocks = ChannelBlocks(channels: outputChannels)
    let blockWeights = window.channels &* window.height &* window.width
    for block in 0..<blocks.count {
      let channels = blocks.range(block)
      let offset = row &* outputRowStep &+ channels.lowerBound &* strides.outputChannel
      let start = BlockAddress(
        input: input + row &* inputRowStep, output: output + offset, outputOffset: outputOffset &+ offset)
      runRow(
        start, channels: channels.count, weights: weights + blockWeights &* channels.lowerBound,
        bias: bias + channels.lowerBound, finish: finish)
    }
  }

  @inline(__always)
  private func runRow<F: Finish<Scalar>>(
    _ start: BlockAddress<Scalar>, channels: Int, weights: UnsafePointer<Scalar>, bias: UnsafePointer<Scalar>, finish: F
  ) {
    @inline(__always) func row<let channels: Int, let columns: Int>(_: RegisterBlock<channels, columns>.Type) {
      RegisterBlock<channels, columns>.correlateRow(
        start, strides, window, width: outputWidth, weights: weights, bias: bias, finish: finish)
    }
    if largestBlock == 10 {
      switch channels {
      case 1: row(RegisterBlock<1, 4>.self)
      case 2: row(RegisterBlock<2, 4>.self)
      case 3: row(RegisterBlock<3, 4>.self)
      case 4: row(RegisterBlock<4, 4>.self)
      case 5: row(RegisterBlock<5, 4>.self)
      case 6: row(RegisterBlock<6, 3>.self)
      case 7: row(RegisterBlock<7, 3>.self)
      case 8: row(RegisterBlock<8, 3>.self)
      case 9: row(RegisterBlock<9, 2>.self)
      default: row(RegisterBlock<10, 2>.self)
      }
    } else {
      switch channels {
      case 1: row(RegisterBlock<1, 3>.self)
      case 2: row(RegisterBlock<2, 2>.self)
      case 3: row(RegisterBlock<3, 2>.self)
      case 4: row(RegisterBlock<4, 1>.self)
      case 5: row(RegisterBlock<5, 1>.self)
      default: row(RegisterBlock<6, 1>.self)
      }
    }
  }
}
