public import Tensors

/// Weights in the orders in which the kernels read them; the source is [output][input][row][column].
extension ConvolutionGeometry {
  /// [block of outputs][input][row][column][output in block], for the forward pass.
  public func packForward<Scalar: LaneScalar>(_ weights: Values<Scalar>, into packed: Values<Scalar>) {
    precondition(weights.count == weightCount && packed.count >= weightCount)
    let blocks = ChannelBlocks(channels: outputChannels)
    var next = packed.pointer
    for block in 0..<blocks.count {
      let outputs = blocks.range(block)
      for input in 0..<inputChannels {
        for tap in 0..<taps {
          for output in outputs {
            next.pointee = weights.pointer[(output * inputChannels + input) * taps + tap]
            next += 1
          }
        }
      }
    }
  }

  /// [phase][block of inputs][output][row][column][input in block] with the taps of each phase reversed,
  /// for the gradient of the input.
  public func packBackward<Scalar: LaneScalar>(_ weights: Values<Scalar>, into packed: Values<Scalar>) {
    precondition(weights.count == weightCount && packed.count >= weightCount)
    let blocks = ChannelBlocks(channels: inputChannels)
    var next = packed.pointer
    forEachPhase { rows, columns in
      for block in 0..<blocks.count {
        for output in 0..<outputChannels {
          for row in stride(from: rows.tapCount - 1, through: 0, by: -1) {
            for column in stride(from: columns.tapCount - 1, through: 0, by: -1) {
              let tap = (rows.firstTap + row * strideHeight) * kernelWidth + columns.firstTap + column * strideWidth
              for input in blocks.range(block) {
                next.pointee = weights.pointer[(output * inputChannels + input) * taps + tap]
                next += 1
              }
            }
          }
        }
      }
    }
  }

  /// The phases in the order in which `packBackward` lays them out.
  func forEachPhase(_ body: (_ rows: Phase, _ columns: Phase) -> Void) {
    let columnPhases = Phase.all(kernel: kernelWidth, stride: strideWidth, padding: paddingWidth, input: inputWidth)
    for rows in Phase.all(kernel: kernelHeight, stride: strideHeight, padding: paddingHeight, input: inputHeight) {
      for columns in columnPhases { body(rows, columns) }
    }
  }
}
