public import Configuration
import Kernels
public import Tensors

/// output = max(input, 0), for any shape. Gradient: the output's, where the output is positive, else 0.
///
/// Behind a convolution it costs nothing: the plan fuses it into the convolution's stores, and its gradient
/// into the next layer's.
public struct Relu: Layer {
  public static let keyword = "relu"
  public static let summary = "Rectified linear unit: negative values become zero."

  public init() {}
  public init(reading fields: inout Fields) throws(ConfigurationError) {}

  public var settings: KeyValuePairs<String, JSON?> { [:] }

  public var squaredGain: Double? { 2 }
  public var fusion: LayerFusion { .rectifier }

  public func output(for input: Shape) throws(ShapeMismatch) -> Shape { input }
  public func operation(for input: Shape, context: OperationContext) -> (any Operation)? { RectifierOperation() }
}

struct RectifierOperation: PackOperation {
  var needs: OperationNeeds {
    var needs = OperationNeeds()
    needs.readsOutput = true
    return needs
  }

  func forward<Scalar: LaneScalar>(_ pass: Pass<Scalar>) {
    pass.team.run(pass.output.channels) { channel, _ in
      rectify(channel: channel, pass.input, into: pass.output)
    }
  }

  func backward<Scalar: LaneScalar>(_ pass: Pass<Scalar>) {
    guard let inputGradient = pass.inputGradient else { return }
    pass.team.run(pass.output.channels) { channel, _ in
      rectifierGradient(channel: channel, activation: pass.output, pass.outputGradient, into: inputGradient)
    }
  }
}
