public import Configuration

/// The mean over K outputs of their squared distance from what they should be, as `torch.nn.MSELoss`: of one output, from
/// the target itself; of more, from 1 for the target's class and 0 for the others.
///
///     loss = 1/K sum over k of (z_k - t_k)^2         d loss / dz_k = 2/K (z_k - t_k)
public struct MeanSquaredError: Loss {
  public static let keyword = "meanSquaredError"
  public static let summary = "The squared distance of the outputs from the labels."

  public init() {}
  public init(reading fields: inout Fields) throws(ConfigurationError) {}

  public var settings: KeyValuePairs<String, JSON?> { [:] }

  public static func accepts(outputs: Int) -> Bool { outputs >= 1 }
  public static let cure = "end it with `flatten` and `linear`"
  public func outputs(forClasses classes: Int) -> ClosedRange<Int>? { classes <= 2 ? 1...2 : classes...classes }

  public func evaluate(outputs: [Double], target: Double) -> LossValue {
    let wanted = outputs.count == 1 ? [target] : distribution(of: target, classes: outputs.count)
    let distances = zip(outputs, wanted).map { $0 - $1 }
    let count = Double(outputs.count)
    return LossValue(
      loss: distances.reduce(0) { $0 + $1 * $1 } / count, gradients: distances.map { 2 * $0 / count })
  }

  /// They are the probabilities themselves.
  public var outputsAreLogits: Bool { false }

  /// The outputs as far as they can be probabilities.
  public func probabilities(outputs: [Double]) -> [Double] {
    let shares = outputs.map { min(max($0, 0), 1) }
    return shares.count == 1 ? [1 - shares[0], shares[0]] : shares
  }

  /// Two outputs for what one might have said: their mean squared error is the same.
  public func outputs(probabilities: [Double]) -> [Double] { probabilities }
}
