import Kernels

/// Binary cross-entropy of a logit z against a probability t, as `torch.nn.BCEWithLogitsLoss`:
///
///     loss = max(z, 0) - z t + ln(1 + e^-|z|)
///     d loss / dz = 1 / (1 + e^-z) - t
///
/// Written so that no exponent overflows, whatever the logit.
public struct BinaryCrossEntropy: Sendable {
  public init() {}

  /// - Returns: the loss of one example, and its derivative by the logit.
  public func evaluate(logit z: Double, target t: Double) -> (loss: Double, gradient: Double) {
    let tail = Elementary.exp(-abs(z))
    let loss = max(z, 0) - z * t + Elementary.log1p(tail)
    return (z.isNaN ? z : loss, probability(logit: z) - t)
  }

  /// 1 / (1 + e^-z), without overflow.
  public func probability(logit z: Double) -> Double {
    let tail = Elementary.exp(-abs(z))
    return (z >= 0 ? 1 : tail) / (1 + tail)
  }
}
