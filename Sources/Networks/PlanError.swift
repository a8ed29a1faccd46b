public import Configuration
import Tensors

/// A network that cannot be planned: a layer cannot take the shape that reaches it, the network becomes too large with it,
/// or the loss cannot judge what comes out at the end.
public struct PlanError: Error, CustomStringConvertible {
  /// The layer's number; nil if the network has no layers.
  public let layer: Int?
  /// Where the layer is written, if it came from a file.
  public let place: Place?
  public let message: String
  /// What to write instead.
  public let cure: String

  public var description: String {
    place.map { "\($0.error(message, hint: cure))" } ?? "\(message); \(cure)"
  }

  init(layer: Int?, place: Place?, message: String, cure: String) {
    self.layer = layer
    self.place = place
    self.message = message
    self.cure = cure
  }

  init(layer: Int, keyword: String, place: Place?, _ mismatch: ShapeMismatch) {
    self.init(
      layer: layer, place: place, message: "layer \(layer) (\(keyword)): \(mismatch.problem)", cure: mismatch.cure)
  }
}

extension ShapeMismatch {
  /// - Parameter what: what there is too much of, with the limit before it: "parameters".
  init(moreThan limit: Int, _ what: String) {
    self.init(
      "with it the network has more than \(limit) \(what)",
      cure: "use fewer channels, smaller kernels or less padding, or larger strides before it")
  }
}

/// How large a network may be. The limits are far beyond any machine's memory and time, and low enough that no size that
/// follows from them, for any batch, leaves an `Int`.
enum PlanLimits {
  /// Parameters; values of all tensors of one image; values of memory that passes of one pack need, by lane.
  static let values = 1 << 36
  /// Multiply-accumulates of one image's forward pass.
  static let work = 1 << 60
}

/// What the layers of a network add up to, one after the other.
struct PlanTotals {
  private var values = 0
  private var parameters = 0
  private var work = 0

  init(input: Shape) {
    values = input.count
  }

  /// - Throws: what there is too much of with this layer.
  mutating func add(output: Shape, parameters tensors: [ParameterShape], work layerWork: Int) throws(ShapeMismatch) {
    values = values.plus(output.count)
    parameters = tensors.reduce(parameters) { $0.plus($1.count.roundedUp(to: laneCount)) }
    work = work.plus(layerWork)
    if values > PlanLimits.values { throw ShapeMismatch(moreThan: PlanLimits.values, "values an image") }
    if parameters > PlanLimits.values { throw ShapeMismatch(moreThan: PlanLimits.values, "parameters") }
    if work > PlanLimits.work { throw ShapeMismatch(moreThan: PlanLimits.work, "multiply-accumulates an image") }
  }
}

extension Stage {
  /// The first stage with which the memory of one pack, and of one worker, is beyond the limit.
  static func firstTooLarge(of stages: [Stage], input: Shape) -> Stage? {
    let arena = Arena(stages: stages, input: input)
    var total = 0
    return stages.indices.first { index in
      let needs = stages[index].needs
      let tensors = [index, index + 1].map { arena.activations[$0].layout.vectorCount }
      let vectors = [needs.scratch, needs.lanePartials, needs.partials, needs.prepared, needs.kept]
      total = (tensors + tensors + vectors).reduce(total) { $0.plus($1) }
      return total > PlanLimits.values
    }.map { stages[$0] }
  }
}
