public import Tensors

extension ConvolutionGeometry {
  /// Inference of one row of the output behind an epilogue: the rows that it is made of are pooled, normalized and
  /// rectified while they are in the cache.
  ///
  /// - Parameters:
  ///   - columns: of that row, behind any pooling.
  ///   - packed: weights from `packForward`; `bias` has a value for each output channel.
  ///   - scratch: `epilogueScratchVectors`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func forward<Scalar: LaneScalar>(
    row: Int, columns: Range<Int>, _ input: PackView<Scalar>, packed: Values<Scalar>, bias: Values<Scalar>,
    epilogue: Epilogue<Scalar>, into output: PackView<Scalar>, scratch: Values<Lanes<Scalar>>
  ) {
    let pool = epilogue.pools ? 2 : 1
    let width = columns.count &* pool
    let first = columns.lowerBound &* pool
    // [channel][line][column]
    let lines = scratch.pointer
    let correlation = Correlation<Scalar>(
      input: input.at(0, pool &* row &* strideHeight &- paddingHeight, first &* strideWidth &- paddingWidth),
      inputRowStep: strideHeight &* input.rowStride, output: lines, outputOffset: 0, outputRowStep: width,
      outputChannels: outputChannels, outputWidth: width,
      strides: BlockStrides(
        inputChannel: input.channelStride, inputRow: input.rowStride, inputColumn: strideWidth,
        outputChannel: pool &* width, outputColumn: 1),
      window: Window(channels: inputChannels, height: kernelHeight, width: kernelWidth),
      weights: packed.pointer, bias: bias.pointer)
    for line in 0..<pool { correlation.run(row: line, finish: Plain()) }
    for channel in 0..<outputChannels {
      let constants = epilogue.constants(of: channel)
      let (top, target) = (lines + channel &* pool &* width, output.at(channel, row, columns.lowerBound))
      for x in 0..<columns.count {
        if epilogue.pools {
          let window = top + 2 &* x
          target[x] = epilogue.finish(window[0], window[1], window[width], window[width &+ 1], constants)
        } else {
          target[x] = epilogue.finish(top[x], constants)
        }
      }
    }
  }

  /// Two rows of every output channel.
  public var epilogueScratchVectors: Int { 2.times(outputChannels).times(outputWidth) }
}
