public import Tensors

/// The three passes of a convolution over one pack. Each call does one share of the work, so that a
/// team can divide a pass among its workers; what a share computes does not depend on who computes it.
extension ConvolutionGeometry {
  /// Output rows `rows`, with `max(…, 0)` on top when `rectify` is set.
  ///
  /// - Parameters:
  ///   - columns: of those rows; all if not given. What a pixel's sum is does not depend on it.
  ///   - input: with a halo of `inputHalo` zeros.
  ///   - packed: weights from `packForward`; `bias` has a value for each output channel.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func forward<Scalar: LaneScalar>(
    rows: Range<Int>, columns: Range<Int>? = nil, _ input: PackView<Scalar>, packed: Values<Scalar>,
    bias: Values<Scalar>, into output: PackView<Scalar>, rectify: Bool
  ) {
    let columns = columns ?? 0..<output.width
    let correlation = Correlation<Scalar>(
      input: input.at(0, -paddingHeight, columns.lowerBound * strideWidth - paddingWidth),
      inputRowStep: strideHeight * input.rowStride,
      output: output.origin + columns.lowerBound, outputOffset: columns.lowerBound, outputRowStep: output.rowStride,
      outputChannels: outputChannels, outputWidth: columns.count,
      strides: BlockStrides(
        inputChannel: input.channelStride, inputRow: input.rowStride, inputColumn: strideWidth,
        outputChannel: output.channelStride, outputColumn: 1),
      window: Window(channels: inputChannels, height: kernelHeight, width: kernelWidth),
      weights: packed.pointer, bias: bias.pointer)
    if rectify {
      for row in rows { correlation.run(row: row, finish: Rectified()) }
    } else {
      for row in rows { correlation.run(row: row, finish: Plain()) }
    }
  }

  /// Rows `rows` of the input's gradient, zero where `mask` (the input's own activation, when a ReLU
  /// made it) is not positive.
  ///
  /// - Parameters:
  ///   - columns: of those rows; all if not given.
  ///   - gradient: of the output, with a halo of `outputGradientHalo` zeros.
  ///   - packed: weights from `packBackward`; `zeros` has a zero for each input channel.
  ///   - mask: a tensor of the same layout as `inputGradient`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func inputGradient<Scalar: LaneScalar>(
    rows: Range<Int>, columns: Range<Int>? = nil, _ gradient: PackView<Scalar>, packed: Values<Scalar>,
    zeros: Values<Scalar>, into inputGradient: PackView<Scalar>, mask: PackView<Scalar>?
  ) {
    var weights = UnsafePointer(packed.pointer)
    forEachPhase { rowPhase, columnPhase in
      defer { weights += inputChannels * outputChannels * rowPhase.tapCount * columnPhase.tapCount }
      let steps = rowPhase.steps(covering: rows, stride: strideHeight)
      let across = columnPhase.steps(covering: columns ?? 0..<inputWidth, stride: strideWidth)
      // A phase that begins beyond the input has no place in it to begin at.
      guard !steps.isEmpty, !across.isEmpty else { return }
      let firstColumn = columnPhase.firstInput + across.lowerBound * strideWidth
      let correlation = Correlation<Scalar>(
        input: gradient.at(0, rowPhase.firstOutput, columnPhase.firstOutput + across.lowerBound),
        inputRowStep: gradient.rowStride, output: inputGradient.at(0, rowPhase.firstInput, firstColumn),
        outputOffset: rowPhase.firstInput * inputGradient.rowStride + firstColumn,
        outputRowStep: strideHeight * inputGradient.rowStride,
        outputChannels: inputChannels, outputWidth: across.count,
        strides: BlockStrides(
          inputChannel: gradient.channelStride, inputRow: gradient.rowStride, inputColumn: 1,
          outputChannel: inputGradient.channelStride, outputColumn: strideWidth),
        window: Window(channels: outputChannels, height: rowPhase.tapCount, width: columnPhase.tapCount),
        weights: weights, bias: zeros.pointer)
      if let mask {
        precondition(mask.rowStride == inputGradient.rowStride && mask.channelStride == inputGradient.channelStride)
        for step in steps { correlation.run(row: step, finish: Masked(activation: mask.origin)) }
      } else {
        for step in steps { correlation.run(row: step, finish: Plain()) }
      }
    }
  }
}

extension Phase {
  /// The steps whose input position `firstInput + step * stride` lies in `rows`.
  func steps(covering rows: Range<Int>, stride: Int) -> Range<Int> {
    func firstStep(from row: Int) -> Int { max(0, (row - firstInput + stride - 1) / stride) }
    let lower = min(firstStep(from: rows.lowerBound), inputCount)
    return lower..<max(lower, min(firstStep(from: rows.upperBound), inputCount))
  }
}
