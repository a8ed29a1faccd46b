import Datasets
import Networks

/// What is wanted of one image of a batch: the target of its own and, if it is mixed with another image, that one's too.
struct Answer {
  let target: Float
  /// Of the image's own target in the loss.
  let weight: Double
  let other: (target: Float, weight: Double)?

  init(target: Float, weight: Float, mixture: Mixture?) {
    self.target = target
    self.weight = (mixture?.share ?? 1) * Double(weight)
    other = mixture.map { ($0.target, (1 - $0.share) * Double($0.weight)) }
  }

  /// The weighted loss, and its derivatives in the mean over a batch.
  func value(by loss: any Loss, _ outputs: [Double], batchSize: Int) -> LossValue {
    let own = Self.value(by: loss, outputs, target, weight, batchSize)
    guard let other else { return own }
    let others = Self.value(by: loss, outputs, other.target, other.weight, batchSize)
    return LossValue(
      loss: own.loss + others.loss, gradients: zip(own.gradients, others.gradients).map { $0 + $1 })
  }

  private static func value(
    by loss: any Loss, _ outputs: [Double], _ target: Float, _ weight: Double, _ batchSize: Int
  ) -> LossValue {
    let value = loss.evaluate(outputs: outputs, target: Double(target))
    let share = weight / Double(batchSize)
    return LossValue(loss: value.loss * weight, gradients: value.gradients.map { $0 * share })
  }
}
