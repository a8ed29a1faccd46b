public import Tensors

/// A two-dimensional convolution (cross-correlation, as everybody's layers compute it) between two shapes.
///
///     output[o][y][x] = bias[o] + sum over i, r, c of weight[o][i][r][c] * input[i][y*sh + r - ph][x*sw + c - pw]
public struct ConvolutionGeometry: Sendable, Hashable {
  public let inputChannels: Int
  public let outputChannels: Int
  public let inputHeight: Int
  public let inputWidth: Int
  public let kernelHeight: Int
  public let kernelWidth: Int
  public let strideHeight: Int
  public let strideWidth: Int
  public let paddingHeight: Int
  public let paddingWidth: Int

  public init(
    inputChannels: Int, outputChannels: Int, inputHeight: Int, inputWidth: Int,
    kernel: (height: Int, width: Int), stride: (height: Int, width: Int), padding: (height: Int, width: Int)
  ) {
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.inputHeight = inputHeight
    self.inputWidth = inputWidth
    kernelHeight = kernel.height
    kernelWidth = kernel.width
    strideHeight = stride.height
    strideWidth = stride.width
    paddingHeight = padding.height
    paddingWidth = padding.width
  }

  public var outputHeight: Int { (inputHeight + 2 * paddingHeight - kernelHeight) / strideHeight + 1 }
  public var outputWidth: Int { (inputWidth + 2 * paddingWidth - kernelWidth) / strideWidth + 1 }
  public var taps: Int { kernelHeight * kernelWidth }
  public var weightCount: Int { outputChannels.times(inputChannels).times(taps) }

  /// Zeros that the input needs around it.
  public var inputHalo: PackLayout.Halo { .init(rows: paddingHeight, columns: paddingWidth) }

  /// Zeros that the output's gradient needs around it when the input's gradient is wanted.
  public var outputGradientHalo: PackLayout.Halo {
    .init(
      rows: Phase.halo(
        kernel: kernelHeight, stride: strideHeight, padding: paddingHeight, input: inputHeight, output: outputHeight),
      columns: Phase.halo(
        kernel: kernelWidth, stride: strideWidth, padding: paddingWidth, input: inputWidth, output: outputWidth))
  }
}

/// The input pixels whose gradient is touched by the same taps of the kernel, along one axis.
///
/// Input position i was read by output o through tap k where o * stride + k = i + padding. All i with the
/// same (i + padding) mod stride see the taps k = phase, phase + stride, …; on them the input's gradient
/// is a plain correlation of the output's gradient with those taps in reverse.
struct Phase {
  let firstTap: Int
  let tapCount: Int
  /// The first input position of the phase; the next ones follow at distance `stride`.
  let firstInput: Int
  let inputCount: Int
  /// The output position under the first (reversed) tap for the first input; may lie in the halo.
  let firstOutput: Int

  init(_ phase: Int, kernel: Int, stride: Int, padding: Int, input: Int) {
    firstTap = phase
    tapCount = phase < kernel ? (kernel - phase + stride - 1) / stride : 0
    let firstStep = max(0, (padding - phase + stride - 1) / stride)
    firstInput = phase + stride * firstStep - padding
    inputCount = firstInput < input ? (input - firstInput + stride - 1) / stride : 0
    firstOutput = firstStep - max(tapCount - 1, 0)
  }

  static func all(kernel: Int, stride: Int, padding: Int, input: Int) -> [Phase] {
    (0..<stride).map { Phase($0, kernel: kernel, stride: stride, padding: padding, input: input) }
  }

  /// Zeros needed before and after the outputs so that no phase reads outside.
  static func halo(kernel: Int, stride: Int, padding: Int, input: Int, output: Int) -> Int {
    var halo = 0
    for phase in all(kernel: kernel, stride: stride, padding: padding, input: input) where phase.inputCount > 0 {
      let last = phase.firstOutput + phase.inputCount - 1 + max(phase.tapCount - 1, 0)
      halo = max(halo, -phase.firstOutput, last - (output - 1))
    }
    return halo
  }
}
