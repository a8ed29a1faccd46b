public import Datasets
public import Figures
public import Images
import Networks

/// What a network says of a list of images.
public struct Evaluation: Sendable {
  public let figures: ClassificationFigures
  public let skipped: [SkippedImage]
  /// In the order of the images, without the skipped ones.
  public let answers: [Answer]

  /// What a network says of one image.
  public struct Answer: Sendable {
    public let example: Example
    /// Of each class, at least two.
    public let probabilities: [Double]

    /// The class that is taken: of equally probable ones the first.
    public var decision: Int {
      probabilities.indices.reduce(0) { probabilities[$1] > probabilities[$0] ? $1 : $0 }
    }
  }
}

extension Loss {
  /// The figures of outputs, image after image; nil if they are not as many as the examples need.
  /// - Parameter meanLoss: of the images.
  func figures(of outputs: [Float], for examples: [Example], meanLoss: Double) -> ClassificationFigures? {
    let count = examples.isEmpty ? 0 : outputs.count / examples.count
    guard count * examples.count == outputs.count, count > 0 else { return nil }
    let outputs = stride(from: 0, to: outputs.count, by: count).map { outputs[$0..<$0 + count].map { Double($0) } }
    return figures(of: outputs, for: examples, meanLoss: meanLoss)
  }

  /// The loss's mean is over images, whatever they weigh.
  func figures(of outputs: [[Double]], for examples: [Example]) -> ClassificationFigures {
    let losses = zip(outputs, examples).map { outputs, example in
      evaluate(outputs: outputs, target: Double(example.target)).loss * Double(example.weight)
    }
    return figures(of: outputs, for: examples, meanLoss: losses.reduce(0, +) / Double(losses.count))
  }

  private func figures(
    of outputs: [[Double]], for examples: [Example], meanLoss: Double
  ) -> ClassificationFigures {
    let probabilities = outputs.map { self.probabilities(outputs: $0) }
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
          figures: loss.figures(of: outputs, for: examples), skipped: pipeline.ledger.skipped,
          answers: zip(examples, outputs).map {
            Evaluation.Answer(example: $0, probabilities: loss.probabilities(outputs: $1))
          })
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
