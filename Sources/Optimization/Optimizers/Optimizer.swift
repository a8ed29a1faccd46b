public import Configuration
public import Tensors

/// How gradients become steps. A value: what it remembers between steps lies in tensors beside the
/// parameters, so that a checkpoint can hold it.
public protocol Optimizer: Configurable {
  /// The base rate, which a schedule may change over the run.
  var learningRate: Double { get }

  /// Names of the tensors it keeps, each shaped like the parameters, zero before the first step.
  var memories: [String] { get }

  /// Moves the parameters by one step.
  ///
  /// - Parameters:
  ///   - rate: the scheduled learning rate of this step.
  ///   - memories: in the order of `memories`.
  ///   - step: 0 for the first.
  func update(
    _ parameters: Values<Float>, gradient: Values<Float>, memories: [Values<Float>], rate: Double, step: Int)
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
