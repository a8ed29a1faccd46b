public import Configuration
import Kernels

/// Cross-entropy of K logits against a class, as `torch.nn.CrossEntropyLoss` with `label_smoothing` e:
///
///     p = softmax(z)      q = (1 - e) * (1 for the class, else 0) + e / K
///     loss = - sum over k of q_k ln p_k        d loss / dz = p - q
///
/// Of two classes the label may be soft. The greatest logit is subtracted first, so that no exponent overflows.
public struct SoftmaxCrossEntropy: Loss {
  public static let keyword = "softmaxCrossEntropy"
  public static let summary = "For as many outputs as classes: the logarithm of the right class's probability."

  public let labelSmoothing: Double

  public init(labelSmoothing: Double = 0) {
    self.labelSmoothing = labelSmoothing
  }

  public init(reading fields: inout Fields) throws(ConfigurationError) {
    labelSmoothing = try fields.number(
      "labelSmoothing", in: 0...0.9, default: 0, "Share of the target that is spread over all classes.")
  }

  public var settings: KeyValuePairs<String, JSON?> { ["labelSmoothing": .number(labelSmoothing)] }

  public static func accepts(outputs: Int) -> Bool { outputs > 1 }
  public static let cure = "end it with `flatten` and `linear` with one output for each class"
  public func outputs(forClasses classes: Int) -> ClosedRange<Int>? { classes...classes }

  public func evaluate(outputs: [Double], target: Double) -> LossValue {
    let (logarithms, probabilities) = softmax(outputs)
    let smooth = labelSmoothing / Double(outputs.count)
    let wanted = distribution(of: target, classes: outputs.count).map { (1 - labelSmoothing) * $0 + smooth }
    // What nobody wants costs nothing, however improbable.
    let loss = zip(wanted, logarithms).reduce(0) { $1.0 == 0 ? $0 : $0 - $1.0 * $1.1 }
    let isNumber = !outputs.contains { $0.isNaN }
    return LossValue(loss: isNumber ? loss : .nan, gradients: zip(probabilities, wanted).map { $0 - $1 })
  }

  public func probabilities(outputs: [Double]) -> [Double] { softmax(outputs).probabilities }

  public func outputs(probabilities: [Double]) -> [Double] { probabilities.map { Elementary.log(inside($0)) } }

  private func softmax(_ outputs: [Double]) -> (logarithms: [Double], probabilities: [Double]) {
    let greatest = outputs.max() ?? 0
    let logarithm = Elementary.log(outputs.reduce(0) { $0 + Elementary.exp($1 - greatest) })
    let logarithms = outputs.map { $0 - greatest - logarithm }
    return (logarithms, logarithms.map { Elementary.exp($0) })
  }
}
