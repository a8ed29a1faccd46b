import Kernels
import Networks
import Tensors

/// Training has come to numbers that mean nothing any more.
public struct Divergence: Error, Equatable {
  public enum Place: Sendable, Equatable {
    /// What a layer gave, when all before it was finite.
    case activations
    /// The gradient of a parameter, when all behind it was finite: `weight`.
    case gradient(parameter: String)
    /// A parameter after the optimizer's step, when its gradient was finite.
    case update(parameter: String)
    /// Every activation is finite, and the mean loss of the batch is this.
    case loss(Double)
  }

  public let place: Place
  /// The layer's number and keyword.
  public let layer: Int
  public let keyword: String

  package init(place: Place, layer: Int, keyword: String) {
    self.place = place
    self.layer = layer
    self.keyword = keyword
  }

  /// A mean loss above this is no longer training, where every image weighs 1. First losses are of order one, or some
  /// hundreds after a careless start.
  private static let greatestLoss = 1e5

  /// The bound for a batch: weights multiply the loss of a network that is as good as any.
  static func greatestLoss(by loss: any Loss, weights: [Float]) -> Double {
    greatestLoss * max(1, loss.greatestWeight) * max(1, Double(weights.max() ?? 1))
  }
}

extension Divergence: CustomStringConvertible {
  public var description: String {
    let layer = "layer \(layer) (\(keyword))"
    return switch place {
    case .activations: "the output of \(layer) is no longer finite"
    case .gradient(let parameter): "the gradient of the \(parameter) of \(layer) is no longer finite"
    case .update(let parameter): "the step has made the \(parameter) of \(layer) no longer finite"
    case .loss(let loss): "the loss has risen to \(Float(loss)); \(layer) gave the outputs"
    }
  }
}

extension Executor<Float> {
  /// What is wrong after a forward pass; nil if the losses are sound.
  /// - Parameter greatest: mean loss that still is.
  func divergence(of tally: Tally, packs: Int, greatest: Double) -> Divergence? {
    guard tally.images > 0, !(tally.meanLoss <= greatest) else { return nil }
    let layer = firstNonFiniteLayer(packs: packs)
    let planned = plan.layers[layer ?? plan.layers.count - 1]
    return Divergence(
      place: layer == nil ? .loss(tally.meanLoss) : .activations, layer: planned.index, keyword: planned.keyword)
  }

  /// What is wrong with a step's gradient; nil if it is sound. The way back begins at the last layer.
  func divergence(ofGradient gradient: Values<Float>) -> Divergence? {
    divergence(of: gradient) { .gradient(parameter: $0) }
  }

  /// What is wrong with the parameters after a step, which may be the last one: nothing would look at them again.
  func divergenceOfParameters() -> Divergence? {
    divergence(of: parameters) { .update(parameter: $0) }
  }

  /// - Parameter values: laid out as the parameters.
  private func divergence(of values: Values<Float>, _ place: (String) -> Divergence.Place) -> Divergence? {
    guard !Kernels.isFinite(values) else { return nil }
    let bad = plan.parameters.last { !Kernels.isFinite(values.slice($0.offset, count: $0.count)) }
    let planned = plan.layers[bad?.layer ?? plan.layers.count - 1]
    let name = bad?.name.split(separator: ".").last.map(String.init) ?? "weight"
    return Divergence(place: place(name), layer: planned.index, keyword: planned.keyword)
  }
}
