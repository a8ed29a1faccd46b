/// One number T by which all outputs of a network are divided, so that its probabilities say how often it is right: a
/// network that was trained for long is more confident than it should be. No decision changes, since no order of the
/// outputs does.
///
/// Guo, Pleiss, Sun, Weinberger, "On calibration of modern neural networks", ICML 2017, section 4.2.
public enum TemperatureScaling {
  public enum Result: Sendable, Equatable {
    case temperature(Double)
    /// The lower the temperature, the better: no image is on the wrong side, and any confidence is too low.
    case neverSharpEnough
    /// The higher the temperature, the better: the network knows no more than chance does.
    case neverSoftEnough
    /// There are no images, or an output is not finite.
    case undefined
  }

  /// The temperature of the least mean of -ln p(the image's class), where p are the probabilities of outputs / T. Images
  /// count alike, whatever they weigh in the loss.
  ///
  /// In b = 1 / T the mean is convex, and its derivative is the mean of (the expected output by p - the class's output),
  /// which rises with b. The place where it is zero is found by halving 2^-10 ... 2^10 until no number lies between.
  ///
  /// - Parameters:
  ///   - outputs: of each image; one (the logit of class 1) or one a class.
  ///   - labels: each image's class.
  ///   - probabilities: of outputs, one a class: the softmax's, or of one output the logistic function's.
  public static func fit(
    _ outputs: [[Double]], labels: [Int], probabilities: ([Double]) -> [Double]
  ) -> Result {
    guard !outputs.isEmpty, outputs.allSatisfy({ $0.allSatisfy(\.isFinite) }) else { return .undefined }
    func slope(_ inverse: Double) -> Double {
      var sum = 0.0
      for (outputs, label) in zip(outputs, labels) {
        let logits = outputs.count == 1 ? [0, outputs[0]] : outputs
        // From the class's own output on: what is certain adds exactly nothing.
        for (share, logit) in zip(probabilities(outputs.map { $0 * inverse }), logits) {
          sum += share * (logit - logits[label])
        }
      }
      return sum / Double(outputs.count)
    }
    var (low, high) = (0x1p-10, 0x1p10)
    if slope(low) >= 0 { return .neverSoftEnough }
    if slope(high) <= 0 { return .neverSharpEnough }
    while true {
      let middle = (low * high).squareRoot()
      guard middle > low, middle < high else { return .temperature(1 / low) }
      if slope(middle) < 0 { low = middle } else { high = middle }
    }
  }
}
