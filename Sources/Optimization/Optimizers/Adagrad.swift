public import Configuration
import Kernels

/// Steps divided by the root of the sum of all squares of each parameter's gradient, as `torch.optim.Adagrad` defines it:
///
///     g = gradient + weightDecay * parameter
///     squares = squares + g * g
///     parameter = parameter - rate * g / (sqrt(squares) + eps)
///
/// Duchi, Hazan, Singer, "Adaptive subgradient methods for online learning and stochastic optimization", JMLR 2011.
public struct Adagrad: Optimizer {
  public static let keyword = "adagrad"
  public static let summary = "Divides each parameter's step by the size of all its gradients so far."

  public let learningRate: Double
  public let eps: Double
  public let weightDecay: Double
  public let decay: Decay

  public init(learningRate: Double = 0.01, eps: Double = 1e-10, weightDecay: Double = 0, decay: Decay = .all) {
    self.learningRate = learningRate
    self.eps = eps
    self.weightDecay = weightDecay
    self.decay = decay
  }

  public init(reading fields: inout Fields) throws(ConfigurationError) {
    learningRate = try fields.number("learningRate", in: 0...1000, default: 0.01, "Size of a step.")
    eps = try fields.number("eps", in: 1e-12...1, default: 1e-10, "Added to the root, so that it can divide.")
    weightDecay = try fields.number("weightDecay", in: 0...1, default: 0, "Pull of every parameter towards zero.")
    decay = try fields.choice("decay", of: Decay.self, default: .all, Decay.doc)
  }

  public var settings: KeyValuePairs<String, JSON?> {
    [
      "learningRate": .number(learningRate), "eps": .number(eps), "weightDecay": .number(weightDecay),
      "decay": decay == .all ? nil : .word(decay),
    ]
  }

  public var memories: [String] { ["squares"] }

  public func update(_ tensors: UpdateTensors, rate: Double, step: Int) {
    for (run, weightDecay) in tensors.runs(weightDecay, of: decay) {
      ScaledStep(
        rate: Float(rate), keep: 1, take: 1, eps: Float(eps), momentum: 0, weightDecay: Float(weightDecay)
      ).apply(to: run.parameters, gradient: run.gradient, squares: run.memories[0], velocity: nil)
    }
  }
}
