public import Networks
public import RunFiles

/// How the outputs of a network become probabilities, and those become a class.
public struct DecisionRule: Sendable {
  let loss: any Loss
  /// What outputs are divided by before they become probabilities; 1 leaves them. Guo, Pleiss, Sun, Weinberger, "On
  /// calibration of modern neural networks", ICML 2017.
  public var temperature: Double
  /// Of two classes, the probability of class 1 from which on an image is taken for it; nil for the more probable class,
  /// and of equally probable ones the first.
  public var threshold: Double?

  /// - Parameters:
  ///   - loss: that the network was trained by, which says what outputs mean.
  ///   - threshold: without a meaning for more than two classes.
  public init(_ loss: any Loss, threshold: Double? = nil, temperature: Double = 1) {
    self.loss = loss
    self.threshold = threshold
    self.temperature = temperature
  }

  /// What was chosen for a checkpoint; the more probable class if nothing was.
  public init(_ loss: any Loss, _ decision: Decision?) {
    self.init(loss, threshold: decision?.threshold, temperature: decision?.temperature ?? 1)
  }

  /// Of each class, at least two.
  public func probabilities(outputs: [Double]) -> [Double] { loss.probabilities(outputs: scaled(outputs)) }

  /// The outputs that the probabilities say, and that a loss is of.
  func scaled(_ outputs: [Double]) -> [Double] { temperature == 1 ? outputs : outputs.map { $0 / temperature } }

  /// The index of the class that an image is taken for.
  public func label(probabilities: [Double]) -> Int {
    if probabilities.count == 2, let threshold { return probabilities[1] >= threshold ? 1 : 0 }
    return probabilities.indices.reduce(0) { probabilities[$1] > probabilities[$0] ? $1 : $0 }
  }
}
