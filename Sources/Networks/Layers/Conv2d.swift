public import Configuration
import Kernels
public import Tensors

/// Two-dimensional convolution, as `torch.nn.Conv2d` computes it:
///
///     output[o][y][x] = bias[o] + sum over i, r, c of weight[o][i][r][c] * input[i][y*sh + r - ph][x*sw + c - pw]
///
/// Shapes: C x H x W to channels x ((H + 2ph - kh) / sh + 1) x ((W + 2pw - kw) / sw + 1), rounded down.
/// Gradients: of a weight, the correlation of its input with the output's gradient; of the input, the
/// correlation of the output's gradient with the reversed kernel.
public struct Conv2d: Layer {
  public static let keyword = "conv2d"
  public static let summary = "Two-dimensional convolution: each output channel sums a window over every input channel."

  public let channels: Int
  public let kernel: Pair
  public let stride: Pair
  public let padding: Pair
  public let hasBias: Bool

  public init(
    channels: Int, kernel: Pair, stride: Pair = Pair(1), padding: Pair = Pair(0), hasBias: Bool = true
  ) {
    self.channels = channels
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
    self.hasBias = hasBias
  }

  public init(reading fields: inout Fields) throws(ConfigurationError) {
    channels = try fields.integer("channels", in: 1...4096, "Output channels.")
    kernel = try fields.pair("kernel", in: 1...255, "Size of the window.")
    stride = try fields.pair("stride", in: 1...255, default: Pair(1), "Steps of the window.")
    padding = try fields.pair("padding", in: 0...254, default: Pair(0), "Zeros added on each side of the image.")
    hasBias = try fields.boolean("bias", default: true, "Adds a trained constant to each output channel.")
  }

  public var settings: KeyValuePairs<String, JSON?> {
    [
      "channels": .whole(channels), "kernel": .pair(kernel), "stride": .pair(stride), "padding": .pair(padding),
      "bias": .boolean(hasBias),
    ]
  }

  public var window: LayerWindow? { LayerWindow(kernel: kernel, stride: stride, padding: padding) }

  public func output(for input: Shape) throws(ShapeMismatch) -> Shape {
    try Windows.requireImage(input, for: Self.keyword)
    try Windows.require(kernel, toFit: input, padding: padding)
    let geometry = geometry(for: input)
    return Shape(channels: channels, height: geometry.outputHeight, width: geometry.outputWidth)
  }

  public func parameters(for input: Shape) -> [ParameterShape] {
    let fanIn = input.channels.times(kernel.height).times(kernel.width)
    let weight = ParameterShape(
      "weight", [channels, input.channels, kernel.height, kernel.width], .random(fanIn: fanIn))
    return hasBias ? [weight, ParameterShape("bias", [channels], .constant(0), kind: .bias)] : [weight]
  }

  public func multiplyAccumulates(for input: Shape) -> Int {
    let geometry = geometry(for: input)
    return geometry.weightCount.times(geometry.outputHeight).times(geometry.outputWidth)
  }

  public func operation(for input: Shape, context: OperationContext) -> (any Operation)? {
    ConvolutionOperation(geometry: geometry(for: input), hasBias: hasBias, context: context)
  }

  private func geometry(for input: Shape) -> ConvolutionGeometry {
    ConvolutionGeometry(
      inputChannels: input.channels, outputChannels: channels, inputHeight: input.height, inputWidth: input.width,
      kernel: (kernel.height, kernel.width), stride: (stride.height, stride.width),
      padding: (padding.height, padding.width))
  }
}
