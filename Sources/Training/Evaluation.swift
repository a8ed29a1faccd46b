public import Datasets
public import Figures
import Images
import Networks

/// What a network says of a list of images.
public struct Evaluation: Sendable {
  public let figures: ClassificationFigures
  public let skipped: [SkippedImage]
}

extension Loss {
  /// The figures of outputs, image after image; nil if they are not as many as the examples need.
  func figures(of outputs: [Float], for examples: [Example]) -> ClassificationFigures? {
    let count = examples.isEmpty ? 0 : outputs.count / examples.count
    guard count * examples.count == outputs.count, count > 0 else { return nil }
    let outputs = stride(from: 0, to: outputs.count, by: count).map { outputs[$0..<$0 + count].map { Double($0) } }
    return figures(of: outputs, for: examples)
  }

  /// The loss's mean is over images, whatever they weigh.
  func figures(of outputs: [[Double]], for examples: [Example]) -> ClassificationFigures {
    let probabilities = outputs.map { self.probabilities(outputs: $0) }
    let losses = zip(outputs, examples).map { outputs, example in
      evaluate(outputs: outputs, target: Double(example.target)).loss * Double(example.weight)
    }
    let labels = zip(probabilities, examples).map { hardLabel($1.target, classes: $0.count) }
    return ClassificationFigures(
      loss: losses.reduce(0, +) / Double(losses.count), probabilities: probabilities, labels: labels)
  }
}

extension Trainer {
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
        return Evaluation(figures: loss.figures(of: outputs, for: examples), skipped: pipeline.ledger.skipped)
      }
      outputs += self.outputs(batch, symmetries)
      examples += batch.examples.map { images.examples[$0] }
      batches += 1
    }
    return nil
  }

  private func outputs(_ batch: Batch, _ symmetries: [Symmetry]) -> [[Double]] {
    guard symmetries != [.identity] else { return outputs(images: batch.images.map(\.planes)) }
    var sums: [[Double]] = []
    for symmetry in symmetries {
      let shown = outputs(images: batch.images.map { symmetry.applied(to: $0).planes })
      let probabilities = shown.map { loss.probabilities(outputs: $0) }
      sums = sums.isEmpty ? probabilities : zip(sums, probabilities).map { zip($0, $1).map(+) }
    }
    return sums.map { sum in loss.outputs(probabilities: sum.map { $0 / Double(symmetries.count) }) }
  }
}
