public import Configuration
import Kernels
public import Tensors

/// output = 1 / (1 + e^-input), as `torch.nn.Sigmoid`.
///
/// Shapes: any, unchanged. Gradient: the output's, times output * (1 - output).
public struct Sigmoid: Layer {
  public static let keyword = "sigmoid"
  public static let summary = "Logistic function: values between 0 and 1."

  public init() {}
  public init(reading fields: inout Fields) throws(ConfigurationError) {}

  public var settings: KeyValuePairs<String, JSON?> { [:] }

  public var squaredGain: Double? { 1 }

  public func output(for input: Shape) throws(ShapeMismatch) -> Shape { input }
  public func operation(for input: Shape, context: OperationContext) -> (any Operation)? { SigmoidOperation() }
}

struct SigmoidOperation: PackOperation {
  var needs: OperationNeeds {
    var needs = OperationNeeds()
    needs.readsOutput = true
    return needs
  }

  func forward<Scalar: LaneScalar>(_ pass: Pass<Scalar>) {
    pass.team.run(pass.output.channels) { channel, _ in
      sigmoid(channel: channel, pass.input, into: pass.output)
    }
  }

  func backward<Scalar: LaneScalar>(_ pass: Pass<Scalar>) {
    guard let inputGradient = pass.inputGradient else { return }
    pass.team.run(pass.output.channels) { channel, _ in
      sigmoidGradient(channel: channel, activation: pass.output, pass.outputGradient, into: inputGradient)
    }
  }
}
