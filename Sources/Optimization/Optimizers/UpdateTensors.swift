public import Tensors

/// What an optimizer's step works on: all parameters in one run of memory, their gradient and the optimizer's memories laid
/// out alike, and a list that says which scalars are which parameter.
public struct UpdateTensors: Sendable {
  public let parameters: Values<Float>
  public let gradient: Values<Float>
  /// In the order of `Optimizer.memories`.
  public let memories: [Values<Float>]
  /// In the order of memory.
  public let slots: [ParameterRange]

  /// - Parameter slots: if they are left out, all scalars are one weight.
  public init(
    parameters: Values<Float>, gradient: Values<Float>, memories: [Values<Float>], slots: [ParameterRange]? = nil
  ) {
    self.parameters = parameters
    self.gradient = gradient
    self.memories = memories
    self.slots = slots ?? [ParameterRange(name: "weight", kind: .weight, range: 0..<parameters.count)]
  }

  /// The tensors in runs of memory, each with the weight decay of its parameters. Together the runs are the whole memory.
  func runs(_ weightDecay: Double, of decay: Decay) -> [(tensors: UpdateTensors, weightDecay: Double)] {
    guard decay == .weights, weightDecay != 0 else { return [(self, weightDecay)] }
    var starts: [(place: Int, decays: Bool)] = []
    for slot in slots where starts.last?.decays != (slot.kind == .weight) {
      // What lies between two parameters belongs to the first one's run.
      starts.append((starts.isEmpty ? 0 : slot.range.lowerBound, slot.kind == .weight))
    }
    let ends = starts.dropFirst().map(\.place) + [parameters.count]
    return zip(starts, ends).map { start, end in (slice(start.place..<end), start.decays ? weightDecay : 0) }
  }

  private func slice(_ range: Range<Int>) -> UpdateTensors {
    UpdateTensors(
      parameters: parameters.slice(range.lowerBound, count: range.count),
      gradient: gradient.slice(range.lowerBound, count: range.count),
      memories: memories.map { $0.slice(range.lowerBound, count: range.count) },
      slots: slots.filter { range.contains($0.range.lowerBound) })
  }
}

/// Which parameters an optimizer's weight decay pulls towards zero.
public enum Decay: String, Sendable, CaseIterable {
  /// Every parameter, as in PyTorch if nothing is said.
  case all
  /// Weights alone. Biases, and the scales and shifts of normalizations, stay out, as in PyTorch by two groups of
  /// parameters of which one has `weight_decay=0`.
  ///
  /// He, Zhang, Zhang, Zhang, Xie, Li, "Bag of tricks for image classification with convolutional neural networks",
  /// CVPR 2019, section 3.1.
  case weights

  static let doc = "What weightDecay pulls: all parameters, or weights alone, without biases and normalizations."
}
