public import Configuration
import Kernels
public import Tensors

/// output = tanh(input), as `torch.nn.Tanh`.
///
/// Shapes: any, unchanged. Gradient: the output's, times 1 - output^2.
public struct Tanh: Layer {
  public static let keyword = "tanh"
  public static let summary = "Hyperbolic tangent: values between -1 and 1."

  public init() {}
  public init(reading fields: inout Fields) throws(ConfigurationError) {}

  public var settings: KeyValuePairs<String, JSON?> { [:] }

  public var squaredGain: Double? { 25.0 / 9 }

  public func output(for input: Shape) throws(ShapeMismatch) -> Shape { input }
  public func operation(for input: Shape, context: OperationContext) -> (any Operation)? {
    HyperbolicTangentOperation()
  }
}

struct HyperbolicTangentOperation: PackOperation {
  var needs: OperationNeeds {
    var needs = OperationNeeds()
    needs.readsOutput = true
    return needs
  }

  func forward<Scalar: LaneScalar>(_ pass: Pass<Scalar>) {
    pass.team.run(pass.output.channels) { channel, _ in
      hyperbolicTangent(channel: channel, pass.input, into: pass.output)
    }
  }

  func backward<Scalar: LaneScalar>(_ pass: Pass<Scalar>) {
    guard let inputGradient = pass.inputGradient else { return }
    pass.team.run(pass.output.channels) { channel, _ in
      hyperbolicTangentGradient(channel: channel, activation: pass.output, pass.outputGradient, into: inputGradient)
    }
  }
}
