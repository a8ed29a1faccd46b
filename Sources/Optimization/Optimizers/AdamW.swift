public import Configuration
import Kernels

/// Adam whose weight decay does not pass through the running means, as `torch.optim.AdamW` defines it:
///
///     parameter = parameter * (1 - rate * weightDecay), then Adam's step without weight decay
///
/// Loshchilov, Hutter, "Decoupled weight decay regularization", ICLR 2019.
public struct AdamW: Optimizer {
  public static let keyword = "adamw"
  public static let summary = "Adam with weight decay beside the gradient."

  public let learningRate: Double
  public let beta1: Double
  public let beta2: Double
  public let eps: Double
  public let weightDecay: Double
  public let decay: Decay

  public init(
    learningRate: Double = 0.001, beta1: Double = 0.9, beta2: Double = 0.999, eps: Double = 1e-8,
    weightDecay: Double = 0.01, decay: Decay = .all
  ) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.eps = eps
    self.weightDecay = weightDecay
    self.decay = decay
  }

  public init(reading fields: inout Fields) throws(ConfigurationError) {
    learningRate = try fields.number("learningRate", in: 0...1000, default: 0.001, "Size of a step.")
    beta1 = try fields.number("beta1", in: 0...0.9999, default: 0.9, "Share of the mean gradient that is kept.")
    beta2 = try fields.number("beta2", in: 0...0.99999, default: 0.999, "Share of the mean square that is kept.")
    eps = try fields.number("eps", in: 1e-12...1, default: 1e-8, "Added to the root, so that it can divide.")
    weightDecay = try fields.number(
      "weightDecay", in: 0...1, default: 0.01, "Pull of every parameter towards zero.")
    decay = try fields.choice("decay", of: Decay.self, default: .all, Decay.doc)
  }

  public var settings: KeyValuePairs<String, JSON?> {
    [
      "learningRate": .number(learningRate), "beta1": .number(beta1), "beta2": .number(beta2), "eps": .number(eps),
      "weightDecay": .number(weightDecay), "decay": decay == .all ? nil : .word(decay),
    ]
  }

  public var memories: [String] { ["mean", "squares"] }

  public func update(_ tensors: UpdateTensors, rate: Double, step: Int) {
    for (run, weightDecay) in tensors.runs(weightDecay, of: decay) {
      AdamStep(
        rate: rate, beta1: beta1, beta2: beta2, eps: eps, weightDecay: weightDecay, isDecoupled: true, step: step
      ).apply(to: run.parameters, gradient: run.gradient, mean: run.memories[0], squares: run.memories[1])
    }
  }
}
