public import Configuration
import Kernels

/// Steps divided by a running root mean square of each parameter's gradient, as `torch.optim.RMSprop` defines it:
///
///     g = gradient + weightDecay * parameter
///     squares = alpha * squares + (1 - alpha) * g * g
///     velocity = momentum * velocity + g / (sqrt(squares) + eps)
///     parameter = parameter - rate * velocity
///
/// Tieleman, Hinton, "Neural networks for machine learning", lecture 6.5, 2012.
public struct RMSProp: Optimizer {
  public static let keyword = "rmsprop"
  public static let summary = "Divides each parameter's step by the running size of its gradients."

  public let learningRate: Double
  public let alpha: Double
  public let eps: Double
  public let momentum: Double
  public let weightDecay: Double
  public let decay: Decay

  public init(
    learningRate: Double = 0.01, alpha: Double = 0.99, eps: Double = 1e-8, momentum: Double = 0,
    weightDecay: Double = 0, decay: Decay = .all
  ) {
    self.learningRate = learningRate
    self.alpha = alpha
    self.eps = eps
    self.momentum = momentum
    self.weightDecay = weightDecay
    self.decay = decay
  }

  public init(reading fields: inout Fields) throws(ConfigurationError) {
    learningRate = try fields.number("learningRate", in: 0...1000, default: 0.01, "Size of a step.")
    alpha = try fields.number("alpha", in: 0...0.99999, default: 0.99, "Share of the mean square that is kept.")
    eps = try fields.number("eps", in: 1e-12...1, default: 1e-8, "Added to the root, so that it can divide.")
    momentum = try fields.number(
      "momentum", in: 0...0.9999, default: 0, "Share of the last step's velocity that is kept.")
    weightDecay = try fields.number("weightDecay", in: 0...1, default: 0, "Pull of every parameter towards zero.")
    decay = try fields.choice("decay", of: Decay.self, default: .all, Decay.doc)
  }

  public var settings: KeyValuePairs<String, JSON?> {
    [
      "learningRate": .number(learningRate), "alpha": .number(alpha), "eps": .number(eps),
      "momentum": .number(momentum), "weightDecay": .number(weightDecay), "decay": decay == .all ? nil : .word(decay),
    ]
  }

  public var memories: [String] { momentum > 0 ? ["squares", "velocity"] : ["squares"] }

  public func update(_ tensors: UpdateTensors, rate: Double, step: Int) {
    for (run, weightDecay) in tensors.runs(weightDecay, of: decay) {
      ScaledStep(
        rate: Float(rate), keep: Float(alpha), take: Float(1 - alpha), eps: Float(eps), momentum: Float(momentum),
        weightDecay: Float(weightDecay)
      ).apply(
        to: run.parameters, gradient: run.gradient, squares: run.memories[0],
        velocity: momentum > 0 ? run.memories[1] : nil)
    }
  }
}
