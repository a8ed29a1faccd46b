public import Configuration
import Kernels
public import Tensors

/// A fully connected layer, as `torch.nn.Linear`: output[k] = bias[k] + sum over i of weight[k][i] * input[i].
///
/// Shapes: a list of N values to `outputs` values. Gradients: of a weight, its input times its output's
/// gradient; of an input, the sum over outputs of weight times gradient.
public struct Linear: Layer {
  public static let keyword = "linear"
  public static let summary = "Fully connected layer: every output sums over every input."

  public let outputs: Int
  public let hasBias: Bool

  public init(outputs: Int, hasBias: Bool = true) {
    self.outputs = outputs
    self.hasBias = hasBias
  }

  public init(reading fields: inout Fields) throws(ConfigurationError) {
    outputs = try fields.integer(
      "outputs", in: 1...65536, "Values it makes; the last layer of a yes-or-no network has 1.")
    hasBias = try fields.boolean("bias", default: true, "Adds a trained constant to each output.")
  }

  public var settings: KeyValuePairs<String, JSON?> { ["outputs": .whole(outputs), "bias": .boolean(hasBias)] }

  public func output(for input: Shape) throws(ShapeMismatch) -> Shape {
    guard input.isFlat else {
      throw ShapeMismatch(
        "linear needs a list of values, but gets an image of \(input)", cure: "put `flatten` before `linear`")
    }
    return Shape(flat: outputs)
  }

  public func parameters(for input: Shape) -> [ParameterShape] {
    let weight = ParameterShape("weight", [outputs, input.count], .random(fanIn: input.count))
    return hasBias ? [weight, ParameterShape("bias", [outputs], .constant(0), kind: .bias)] : [weight]
  }

  public func multiplyAccumulates(for input: Shape) -> Int { outputs.times(input.count) }

  public func operation(for input: Shape, context: OperationContext) -> (any Operation)? {
    LinearOperation(inputs: input.count, outputs: outputs, hasBias: hasBias)
  }
}

/// Works on the pack as it lies: the input may still have the axes that `flatten` took from its name.
struct LinearOperation: PackOperation {
  let inputs: Int
  let outputs: Int
  let hasBias: Bool

  var needs: OperationNeeds {
    var needs = OperationNeeds()
    needs.lanePartials = LinearGeometry.mostParts.times(outputs)
    return needs
  }

  private func geometry<Scalar>(_ pass: Pass<Scalar>) -> LinearGeometry {
    LinearGeometry(
      channels: pass.input.channels, valuesPerChannel: inputs / pass.input.channels, outputs: outputs)
  }

  func forward<Scalar: LaneScalar>(_ pass: Pass<Scalar>) {
    let geometry = geometry(pass)
    pass.team.run(geometry.parts) { part, _ in
      geometry.forward(part: part, pass.input, weights: pass.parameters[0], partials: pass.lanePartials)
    }
    geometry.finish(partials: pass.lanePartials, bias: hasBias ? pass.parameters[1] : nil, into: pass.output)
  }

  func backward<Scalar: LaneScalar>(_ pass: Pass<Scalar>) {
    let geometry = geometry(pass)
    pass.team.run(geometry.parts) { part, _ in
      geometry.backward(
        part: part, pass.input, weights: pass.parameters[0], gradient: pass.outputGradient,
        weightGradient: pass.gradients[0], inputGradient: pass.inputGradient)
    }
    if hasBias { geometry.biasGradient(pass.outputGradient, into: pass.gradients[1]) }
  }
}
