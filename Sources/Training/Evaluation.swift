public import Datasets
public import Figures
public import Images
import Networks
import Tensors

/// What a network says of a list of images.
public struct Evaluation: Sendable {
  public let figures: ClassificationFigures
  public let skipped: [SkippedImage]
  /// In the order of the images, without the skipped ones.
  public let answers: [Answer]
  /// How the outputs became answers.
  public let rule: DecisionRule

  /// What a network says of one image.
  public struct Answer: Sendable {
    public let example: Example
    /// The network's own, before any temperature.
    public let outputs: [Double]
    /// Of each class, at least two.
    public let probabilities: [Double]
    /// The class that is taken.
    public let decision: Int
    /// The image's class.
    public let label: Int
    /// Weighted.
    public let loss: Double
  }

  init(outputs: [[Double]], examples: [Example], skipped: [SkippedImage], rule: DecisionRule) {
    answers = zip(examples, outputs).map { example, outputs in
      let probabilities = rule.probabilities(outputs: outputs)
      let loss = rule.loss.evaluate(outputs: rule.scaled(outputs), target: Double(example.target)).loss
      return Answer(
        example: example, outputs: outputs, probabilities: probabilities,
        decision: rule.label(probabilities: probabilities),
        label: hardLabel(example.target, classes: probabilities.count), loss: loss * Double(example.weight))
    }
    self.skipped = skipped
    self.rule = rule
    // The loss's mean is over images, whatever they weigh.
    figures = ClassificationFigures(
      loss: answers.map(\.loss).reduce(0, +) / Double(answers.count), probabilities: answers.map(\.probabilities),
      labels: answers.map(\.label), decisions: answers.map(\.decision))
  }

  /// The same outputs, made into answers otherwise.
  public func judged(by rule: DecisionRule) -> Evaluation {
    Evaluation(outputs: answers.map(\.outputs), examples: answers.map(\.example), skipped: skipped, rule: rule)
  }
}

/// Figures that help to decide.
extension Evaluation {
  /// What every threshold of class 1's probability does; nil unless there are two classes, an image, and a number for each.
  public var thresholds: ThresholdCurve? {
    guard answers.first?.probabilities.count == 2 else { return nil }
    return ThresholdCurve(scores: answers.map { $0.probabilities[1] }, isPositive: answers.map { $0.label == 1 })
  }

  /// The temperature that the outputs are best divided by; nil if the loss's outputs are no logits.
  public func temperature() -> TemperatureScaling.Result? {
    guard rule.loss.outputsAreLogits else { return nil }
    return TemperatureScaling.fit(
      answers.map(\.outputs), labels: answers.map(\.label), probabilities: rule.loss.probabilities)
  }

  /// The intervals of the figures by drawing samples: the same ones each time.
  public func sampledIntervals() -> [Figure: Interval] {
    let bootstrap = Bootstrap(
      probabilities: answers.map(\.probabilities), decisions: answers.map(\.decision), labels: answers.map(\.label),
      losses: answers.map(\.loss))
    return bootstrap?.intervals { Self.random.word(at: $0) } ?? [:]
  }

  /// The stream is "boot" in letters, as those of the data sets.
  private static let random = CounterRandom(seed: 0, stream: 0x626F_6F74 << 32)
}

extension Loss {
  /// The figures of outputs, image after image; nil if they are not as many as the examples need.
  /// - Parameter meanLoss: of the images.
  func figures(of outputs: [Float], for examples: [Example], meanLoss: Double) -> ClassificationFigures? {
    let count = examples.isEmpty ? 0 : outputs.count / examples.count
    guard count * examples.count == outputs.count, count > 0 else { return nil }
    let probabilities = stride(from: 0, to: outputs.count, by: count).map { first in
      self.probabilities(outputs: outputs[first..<first + count].map { Double($0) })
    }
    let labels = zip(probabilities, examples).map { hardLabel($1.target, classes: $0.count) }
    return ClassificationFigures(loss: meanLoss, probabilities: probabilities, labels: labels)
  }
}

extension Predictor {
  /// Evaluates all images of a store, in order.
  ///
  /// - Parameters:
  ///   - symmetries: in which each image is shown; the probabilities are averaged.
  ///   - goesOn: asked before every batch, with its number.
  /// - Returns: nil if it was not to go on.
  func evaluate(
    _ images: ImageStore, batches pipeline: BatchPipeline, symmetries: [Symmetry] = [.identity],
    goesOn: (Int) throws(TrainingError) -> Bool
  ) throws(TrainingError) -> Evaluation? {
    defer { pipeline.cancel() }
    var outputs: [[Double]] = []
    var examples: [Example] = []
    var batches = 0
    while try goesOn(batches) {
      let batch: Batch?
      do { batch = try pipeline.next() } catch { throw .data(error) }
      guard let batch else {
        return Evaluation(
          outputs: outputs, examples: examples, skipped: pipeline.ledger.skipped, rule: DecisionRule(loss))
      }
      outputs += self.outputs(batch.images, symmetries)
      examples += batch.examples.map { images.examples[$0] }
      batches += 1
    }
    return nil
  }

  /// The outputs for each of the images. Shown in several symmetries, an image has the outputs that say the mean of the
  /// probabilities.
  public func outputs(_ images: [ImagePlanes], _ symmetries: [Symmetry]) -> [[Double]] {
    guard symmetries != [.identity] else { return outputs(images: images.map(\.planes)) }
    var sums: [[Double]] = []
    for symmetry in symmetries {
      let shown = outputs(images: images.map { symmetry.applied(to: $0).planes })
      let probabilities = shown.map { loss.probabilities(outputs: $0) }
      sums = sums.isEmpty ? probabilities : zip(sums, probabilities).map { zip($0, $1).map(+) }
    }
    return sums.map { sum in loss.outputs(probabilities: sum.map { $0 / Double(symmetries.count) }) }
  }
}
