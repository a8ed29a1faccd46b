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

  public var window: LayerWindow? { LayerWindow(kernel: kernel, stride: stride, padding: padding) }

  public func output(for input: Shape) throws(ShapeMismatch) -> Shape {
    try Windows.requireImage(input, for: Self.keyword)
    try Windows.require(kernel, toFit: input, padding: padding)
    let geometry = geometry(for: input)
    return Shape(channels: channels, height: geometry.outputHeight, width: geometry.outputWidth)
  }

  public func parameters(for input: Shape) -> [ParameterShape] {
    let fanIn = input.channels * kernel.height * kernel.width
    let weight = ParameterShape("weight", [channels, input.channels, kernel.height, kernel.width], fanIn: fanIn)
    return hasBias ? [weight, ParameterShape("bias", [channels], fanIn: fanIn)] : [weight]
  }

  public func multiplyAccumulates(for input: Shape) -> Int {
    let geometry = geometry(for: input)
    return geometry.weightCount * geometry.outputHeight * geometry.outputWidth
  }

  public func operation(for input: Shape) -> (any Operation)? {
    ConvolutionOperation(geometry: geometry(for: input), hasBias: hasBias)
  }

  private func geometry(for input: Shape) -> ConvolutionGeometry {
    ConvolutionGeometry(
      inputChannels: input.channels, outputChannels: channels, inputHeight: input.height, inputWidth: input.width,
      kernel: (kernel.height, kernel.width), stride: (stride.height, stride.width),
      padding: (padding.height, padding.width))
  }
}

/// The direct convolution of a pack.
struct ConvolutionOperation: Operation {
  let geometry: ConvolutionGeometry
  let hasBias: Bool
  private let weightGradient: WeightGradientPlan

  init(geometry: ConvolutionGeometry, hasBias: Bool) {
    self.geometry = geometry
    self.hasBias = hasBias
    weightGradient = WeightGradientPlan(geometry)
  }

  var needs: OperationNeeds {
    var needs = OperationNeeds()
    needs.inputHalo = geometry.inputHalo
    needs.outputGradientHalo = geometry.outputGradientHalo
    needs.prepared = 2 * geometry.weightCount + zeroCount
    needs.partials = weightGradient.bands * weightGradient.partialCount
    needs.scratch = weightGradient.scratchVectors
    needs.fusesRectifier = true
    needs.masksInputGradient = true
    return needs
  }

  private var zeroCount: Int { max(geometry.inputChannels, geometry.outputChannels) }

  private func forwardWeights<Scalar>(_ pass: Pass<Scalar>) -> Values<Scalar> {
    pass.prepared.slice(0, count: geometry.weightCount)
  }

  private func backwardWeights<Scalar>(_ pass: Pass<Scalar>) -> Values<Scalar> {
    pass.prepared.slice(geometry.weightCount, count: geometry.weightCount)
  }

  /// Memory is zeroed when it is made, and nothing writes here.
  private func zeros<Scalar>(_ pass: Pass<Scalar>) -> Values<Scalar> {
    pass.prepared.slice(2 * geometry.weightCount, count: zeroCount)
  }

  func prepare<Scalar: LaneScalar>(_ pass: Pass<Scalar>) {
    geometry.packForward(pass.parameters[0], into: forwardWeights(pass))
    if pass.inputGradient != nil { geometry.packBackward(pass.parameters[0], into: backwardWeights(pass)) }
  }

  func forward<Scalar: LaneScalar>(_ pass: Pass<Scalar>) {
    let weights = forwardWeights(pass)
    let bias = hasBias ? pass.parameters[1] : zeros(pass)
    let rows = shares(of: geometry.outputHeight)
    pass.team.run(rows.count) { share, _ in
      geometry.forward(
        rows: rows.range(share), pass.input, packed: weights, bias: bias, into: pass.output,
        rectify: pass.rectifiesOutput)
    }
  }

  func backward<Scalar: LaneScalar>(_ pass: Pass<Scalar>) {
    pass.team.run(weightGradient.shares) { share, worker in
      weightGradient.accumulate(
        share: share, input: pass.input, gradient: pass.outputGradient, scratch: pass.scratch[worker],
        partials: pass.partials)
    }
    let values = shares(of: weightGradient.partialCount, pieces: 16, least: 512)
    pass.team.run(values.count) { share, _ in
      weightGradient.reduce(
        values.range(share), partials: pass.partials, weights: pass.gradients[0],
        biases: hasBias ? pass.gradients[1] : nil)
    }
    guard let inputGradient = pass.inputGradient else { return }
    let weights = backwardWeights(pass)
    let zeros = zeros(pass)
    let rows = shares(of: geometry.inputHeight, least: geometry.strideHeight)
    pass.team.run(rows.count) { share, _ in
      geometry.inputGradient(
        rows: rows.range(share), pass.outputGradient, packed: weights, zeros: zeros, into: inputGradient,
        mask: pass.inputIsRectified ? pass.input : nil)
    }
  }
}
