import Networks

/// What a loss says of a network's outputs, in the words of other programs. Every loss of the catalogue has an extension.
protocol PortableLoss {
  /// Adds the node that makes probabilities of outputs: of one output, that of class 1.
  func addProbabilities(to graph: inout GrowingGraph)
  /// The same as an expression of PyTorch over `outputs`, images x outputs, and `TEMPERATURE`.
  var probabilities: String { get }
}

extension BinaryCrossEntropy: PortableLoss {
  func addProbabilities(to graph: inout GrowingGraph) { graph.addLast("Sigmoid") }
  var probabilities: String { "torch.sigmoid(outputs / TEMPERATURE)" }
}

extension SoftmaxCrossEntropy: PortableLoss {
  func addProbabilities(to graph: inout GrowingGraph) { graph.addLast("Softmax", [.int("axis", 1)]) }
  var probabilities: String { "torch.softmax(outputs / TEMPERATURE, 1)" }
}

extension MeanSquaredError: PortableLoss {
  func addProbabilities(to graph: inout GrowingGraph) {
    graph.addLast("Clip", constants: [("least", 0), ("greatest", 1)])
  }
  var probabilities: String { "(outputs / TEMPERATURE).clamp(0, 1)" }
}
