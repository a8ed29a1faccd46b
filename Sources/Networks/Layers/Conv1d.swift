public import Configuration
import Kernels
public import Tensors

/// One-dimensional convolution of a sequence, as `torch.nn.Conv1d` computes it:
///
///     output[o][x] = bias[o] + sum over i, k of weight[o][i][k] * input[i][x * stride + k - padding]
///
/// Shapes: C x 1 x L to channels x 1 x ((L + 2 padding - kernel) / stride + 1), rounded down. Gradients: of a weight, the
/// correlation of its input with the output's gradient; of the input, the correlation of the output's gradient with
/// the reversed kernel. Computed as `conv2d` on images of one row.
public struct Conv1d: Layer {
  public static let keyword = "conv1d"
  public static let summary =
    "One-dimensional convolution of a sequence: each output channel sums a window over every input channel."

  public let channels: Int
  public let kernel: Int
  public let stride: Int
  public let padding: Int
  public let hasBias: Bool

  public init(channels: Int, kernel: Int, stride: Int = 1, padding: Int = 0, hasBias: Bool = true) {
    self.channels = channels
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
    self.hasBias = hasBias
  }

  public init(reading fields: inout Fields) throws(ConfigurationError) {
    channels = try fields.integer("channels", in: 1...4096, "Output channels.")
    kernel = try fields.integer("kernel", in: 1...255, "Length of the window.")
    stride = try fields.integer("stride", in: 1...255, default: 1, "Steps of the window.")
    padding = try fields.integer("padding", in: 0...254, default: 0, "Zeros added on each side of the sequence.")
    hasBias = try fields.boolean("bias", default: true, "Adds a trained constant to each output channel.")
  }

  public var settings: KeyValuePairs<String, JSON?> {
    [
      "channels": .whole(channels), "kernel": .whole(kernel), "stride": .whole(stride), "padding": .whole(padding),
      "bias": .boolean(hasBias),
    ]
  }

  public var window: LayerWindow? { LayerWindow(length: kernel, stride: stride, padding: padding) }

  public func output(for input: Shape) throws(ShapeMismatch) -> Shape {
    try Windows.requireSequence(input, for: Self.keyword, insteadOf: Conv2d.keyword)
    try Windows.require(length: kernel, toFit: input, padding: padding)
    return Shape(channels: channels, height: 1, width: geometry(for: input).outputWidth)
  }

  public func parameters(for input: Shape) -> [ParameterShape] {
    let fanIn = input.channels.times(kernel)
    let weight = ParameterShape("weight", [channels, input.channels, kernel], .random(fanIn: fanIn))
    return hasBias ? [weight, ParameterShape("bias", [channels], .constant(0), kind: .bias)] : [weight]
  }

  public func multiplyAccumulates(for input: Shape) -> Int {
    let geometry = geometry(for: input)
    return geometry.weightCount.times(geometry.outputWidth)
  }

  public func operation(for input: Shape, context: OperationContext) -> (any Operation)? {
    ConvolutionOperation(geometry: geometry(for: input), hasBias: hasBias, context: context)
  }

  private func geometry(for input: Shape) -> ConvolutionGeometry {
    ConvolutionGeometry(
      inputChannels: input.channels, outputChannels: channels, inputHeight: 1, inputWidth: input.width,
      kernel: (1, kernel), stride: (1, stride), padding: (0, padding))
  }
}
