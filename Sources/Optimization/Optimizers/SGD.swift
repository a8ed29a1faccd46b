public import Configuration
import Kernels

/// Stochastic gradient descent with momentum and weight decay, as `torch.optim.SGD` defines it:
///
///     g = gradient + weightDecay * parameter
///     velocity = momentum * velocity + g
///     parameter = parameter - rate * velocity; with `nesterov`, - rate * (g + momentum * velocity)
///
/// Polyak, "Some methods of speeding up the convergence of iteration methods", 1964; Sutskever, Martens, Dahl,
/// Hinton, "On the importance of initialization and momentum in deep learning", ICML 2013.
public struct SGD: Optimizer {
  public static let keyword = "sgd"
  public static let summary = "Stochastic gradient descent, with momentum and weight decay."

  public let learningRate: Double
  public let momentum: Double
  public let nesterov: Bool
  public let weightDecay: Double
  public let decay: Decay

  public init(
    learningRate: Double, momentum: Double = 0, nesterov: Bool = false, weightDecay: Double = 0, decay: Decay = .all
  ) {
    self.learningRate = learningRate
    self.momentum = momentum
    self.nesterov = nesterov
    self.weightDecay = weightDecay
    self.decay = decay
  }

  public init(reading fields: inout Fields) throws(ConfigurationError) {
    learningRate = try fields.number("learningRate", in: 0...1000, "Size of a step along the gradient.")
    momentum = try fields.number(
      "momentum", in: 0...0.9999, default: 0, "Share of the last step's velocity that is kept.")
    nesterov = try fields.boolean("nesterov", default: false, "Looks ahead along the velocity.")
    weightDecay = try fields.number("weightDecay", in: 0...1, default: 0, "Pull of every parameter towards zero.")
    decay = try fields.choice("decay", of: Decay.self, default: .all, Decay.doc)
    if nesterov && momentum == 0 {
      throw fields.error("`nesterov` needs a momentum", key: "nesterov", hint: "add `momentum: 0.9`")
    }
  }

  public var settings: KeyValuePairs<String, JSON?> {
    [
      "learningRate": .number(learningRate), "momentum": .number(momentum), "nesterov": .boolean(nesterov),
      "weightDecay": .number(weightDecay), "decay": decay == .all ? nil : .word(decay),
    ]
  }

  public var memories: [String] { ["velocity"] }

  public func update(_ tensors: UpdateTensors, rate: Double, step: Int) {
    for (run, weightDecay) in tensors.runs(weightDecay, of: decay) {
      MomentumStep<Float>(
        rate: Float(rate), momentum: Float(momentum), isNesterov: nesterov, weightDecay: Float(weightDecay)
      ).apply(to: run.parameters, gradient: run.gradient, velocity: run.memories[0])
    }
  }
}
