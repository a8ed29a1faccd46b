public import Configuration
import Kernels

/// Binary cross-entropy of one logit z against a probability t, as `torch.nn.BCEWithLogitsLoss` with `pos_weight` p:
///
///     loss = (1 - t) z + (1 + (p - 1) t) (ln(1 + e^-|z|) + max(-z, 0))
///     d loss / dz = 1 - t - (1 + (p - 1) t) / (1 + e^z)
///
/// Written so that no exponent overflows, whatever the logit.
public struct BinaryCrossEntropy: Loss {
  public static let keyword = "binaryCrossEntropy"
  public static let summary =
    "For two classes and one output: the logarithm of the right answer's probability. Labels may be soft."

  public let positiveWeight: Double

  public init(positiveWeight: Double = 1) {
    self.positiveWeight = positiveWeight
  }

  public init(reading fields: inout Fields) throws(ConfigurationError) {
    positiveWeight = try fields.number(
      "positiveWeight", in: 1e-3...1e3, default: 1, "How many times more a miss of class 1 costs.")
  }

  public var greatestWeight: Double { positiveWeight }

  public var settings: KeyValuePairs<String, JSON?> { ["positiveWeight": .number(positiveWeight)] }

  public static func accepts(outputs: Int) -> Bool { outputs == 1 }
  public static let cure = "end it with `flatten` and `linear: {outputs: 1}`"
  public func outputs(forClasses classes: Int) -> ClosedRange<Int>? { classes <= 2 ? 1...1 : nil }

  public func evaluate(outputs: [Double], target: Double) -> LossValue {
    let value = evaluate(logit: outputs[0], target: target)
    return LossValue(loss: value.loss, gradients: [value.gradient])
  }

  /// - Returns: the loss of one example, and its derivative by the logit.
  public func evaluate(logit z: Double, target t: Double) -> (loss: Double, gradient: Double) {
    let weight = 1 + (positiveWeight - 1) * t
    let tail = Elementary.exp(-abs(z))
    let loss = (1 - t) * z + weight * (Elementary.log1p(tail) + max(-z, 0))
    return (z.isNaN ? z : loss, 1 - t - weight * probability(logit: -z))
  }

  public func probabilities(outputs: [Double]) -> [Double] {
    [probability(logit: -outputs[0]), probability(logit: outputs[0])]
  }

  public func outputs(probabilities: [Double]) -> [Double] {
    let probability = inside(probabilities[1])
    return [Elementary.log(probability) - Elementary.log(1 - probability)]
  }

  /// 1 / (1 + e^-z), without overflow.
  public func probability(logit z: Double) -> Double {
    let tail = Elementary.exp(-abs(z))
    return (z >= 0 ? 1 : tail) / (1 + tail)
  }
}
