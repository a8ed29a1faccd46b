public import Configuration
import Kernels
public import Tensors

/// output = input where it is positive, else slope * input, as `torch.nn.LeakyReLU`.
///
/// Shapes: any, unchanged. Gradient: the output's where the output is positive, else slope times it.
///
/// Maas, Hannun, Ng, "Rectifier nonlinearities improve neural network acoustic models", ICML 2013.
public struct LeakyRelu: Layer {
  public static let keyword = "leakyRelu"
  public static let summary = "Leaky rectified linear unit: negative values are multiplied by a small slope."

  public let slope: Double

  public init(slope: Double = 0.01) {
    self.slope = slope
  }

  public init(reading fields: inout Fields) throws(ConfigurationError) {
    slope = try fields.number("slope", in: 0...1, default: 0.01, "What negative values are multiplied by.")
  }

  public var settings: KeyValuePairs<String, JSON?> { ["slope": .number(slope)] }

  public var squaredGain: Double? { 2 / (1 + slope * slope) }

  public func output(for input: Shape) throws(ShapeMismatch) -> Shape { input }
  public func operation(for input: Shape, context: OperationContext) -> (any Operation)? {
    LeakyRectifierOperation(slope: slope)
  }
}

struct LeakyRectifierOperation: PackOperation {
  let slope: Double

  var needs: OperationNeeds {
    var needs = OperationNeeds()
    needs.readsOutput = true
    return needs
  }

  func forward<Scalar: LaneScalar>(_ pass: Pass<Scalar>) {
    pass.team.run(pass.output.channels) { channel, _ in
      leakyRectify(channel: channel, slope: Scalar(slope), pass.input, into: pass.output)
    }
  }

  func backward<Scalar: LaneScalar>(_ pass: Pass<Scalar>) {
    guard let inputGradient = pass.inputGradient else { return }
    pass.team.run(pass.output.channels) { channel, _ in
      leakyRectifierGradient(
        channel: channel, slope: Scalar(slope), activation: pass.output, pass.outputGradient, into: inputGradient)
    }
  }
}
