public import Configuration

/// How gradients become steps. A value: what it remembers between steps lies in tensors beside the
/// parameters, so that a checkpoint can hold it.
public protocol Optimizer: Described {
  /// The base rate, which a schedule may change over the run.
  var learningRate: Double { get }

  /// Names of the tensors it keeps, each shaped like the parameters, zero before the first step.
  var memories: [String] { get }

  /// Moves the parameters by one step.
  ///
  /// - Parameters:
  ///   - tensors: the parameters, their gradient and the optimizer's memories, and which scalars are which parameter.
  ///   - rate: the scheduled learning rate of this step.
  ///   - step: 0 for the first.
  func update(_ tensors: UpdateTensors, rate: Double, step: Int)
}

/// Every optimizer that a job file may name.
public let optimizerCatalogue = Catalogue<any Optimizer>(
  "optimizer",
  [
    .init(SGD.self) { $0 },
    .init(RMSProp.self) { $0 },
    .init(Adagrad.self) { $0 },
    .init(Adam.self) { $0 },
    .init(AdamW.self) { $0 },
  ])
