/// Counts how well probabilities answer a question with two classes, one image after the other. The order of the
/// calls is the order of the sums: same images in the same order, same bits.
public struct BinaryTally: Sendable, Equatable {
  /// A probability above this says class 1.
  public let threshold: Double
  public private(set) var truePositives = 0
  public private(set) var falsePositives = 0
  public private(set) var trueNegatives = 0
  public private(set) var falseNegatives = 0
  private var lossSum = 0.0

  public init(threshold: Double = 0.5) {
    self.threshold = threshold
  }

  /// - Parameters:
  ///   - probability: of class 1. NaN is a wrong answer, whatever the question.
  ///   - target: the class, or the probability of class 1; above 1/2 it counts as class 1.
  ///   - loss: of this image, its weight included.
  public mutating func add(probability: Double, target: Double, loss: Double) {
    let isPositive = target > 0.5
    let saysPositive = probability.isNaN ? !isPositive : probability > threshold
    switch (saysPositive, isPositive) {
    case (true, true): truePositives += 1
    case (true, false): falsePositives += 1
    case (false, false): trueNegatives += 1
    case (false, true): falseNegatives += 1
    }
    lossSum += loss
  }

  public var count: Int { truePositives + falsePositives + trueNegatives + falseNegatives }

  /// The share of right answers; nil without images.
  public var accuracy: Double? {
    count == 0 ? nil : Double(truePositives + trueNegatives) / Double(count)
  }

  /// The sum of the losses / the number of images; nil without images.
  public var meanLoss: Double? {
    count == 0 ? nil : lossSum / Double(count)
  }
}
