public import Configuration

/// What training makes small: a function of one image's outputs and of what they should be.
///
/// A target is the index of a class or, of two classes, the probability of class 1 (a soft label). Computed in double
/// precision with the same bits on every machine; what is no number stays none.
public protocol Loss: Described {
  /// Whether it can judge a network with so many outputs.
  static func accepts(outputs: Int) -> Bool

  /// What such a network has to end in, for an error.
  static var cure: String { get }

  /// Outputs that it needs to tell so many classes apart; nil if it cannot.
  func outputs(forClasses classes: Int) -> ClosedRange<Int>?

  /// What a class weighs at most in the loss; 1 if all weigh the same.
  var greatestWeight: Double { get }

  /// - Parameter outputs: as many as it accepts.
  func evaluate(outputs: [Double], target: Double) -> LossValue

  /// The probability of each class, at least two.
  func probabilities(outputs: [Double]) -> [Double]

  /// Whether the probabilities are a softmax of the outputs, or of one output its logistic function: then the outputs may be
  /// divided by a temperature.
  var outputsAreLogits: Bool { get }

  /// Outputs that say these probabilities: the other way round.
  func outputs(probabilities: [Double]) -> [Double]
}

extension Loss {
  public var greatestWeight: Double { 1 }
  public var outputsAreLogits: Bool { true }
}

/// The loss of one image and its derivative by each output.
public struct LossValue: Sendable, Equatable {
  public let loss: Double
  public let gradients: [Double]

  public init(loss: Double, gradients: [Double]) {
    self.loss = loss
    self.gradients = gradients
  }
}

/// Every loss that a job file may name.
public let lossCatalogue = Catalogue<any Loss>(
  "loss",
  [
    .init(BinaryCrossEntropy.self) { $0 },
    .init(SoftmaxCrossEntropy.self) { $0 },
    .init(MeanSquaredError.self) { $0 },
  ])

/// A probability away from 0 and 1, whose logarithms are finite.
func inside(_ probability: Double) -> Double { min(max(probability, 1e-15), 1 - 1e-15) }

/// What each of `classes` outputs should be: 1 for the target's class, or the two probabilities of a soft label.
func distribution(of target: Double, classes: Int) -> [Double] {
  classes == 2 ? [1 - target, target] : (0..<classes).map { Double($0) == target ? 1 : 0 }
}
