public import Datasets
import DurableFiles
public import Images
import Networks
import Workers

/// What a trained network says of one image file.
public enum FileAnswer: Sendable, Equatable {
  case predicted(Prediction)
  /// The file gave no image.
  /// - Parameter isTransient: it could not be read now, and may be good.
  case unusable(reason: String, isTransient: Bool)
}

/// What a trained network says of one image.
public struct Prediction: Sendable, Equatable {
  /// The network's own, before anything is made of them.
  public let outputs: [Double]
  /// Of each class, at least two.
  public let probabilities: [Double]
  /// The index of the class that the image is taken for.
  public let label: Int
}

/// A trained network for image files: decoders read ahead while the network goes through sixteen images at a time.
///
/// What it says of a file does not depend on the files beside it: each of the sixteen lanes is computed by itself, and
/// nothing is averaged over images.
public final class FilePredictor {
  public let network: TrainedNetwork
  public let rule: DecisionRule
  private let predictor: Predictor
  private let symmetries: [Symmetry]
  private let cache: ImageCache?
  private let threads: Int

  /// - Parameters:
  ///   - rule: from outputs to a class; what was chosen for the checkpoint, if not given.
  ///   - symmetries: in which each image is shown; the probabilities are averaged.
  ///   - cache: of decoded images.
  /// - Throws: `.memory`.
  public init(
    _ network: TrainedNetwork, rule: DecisionRule? = nil, symmetries: [Symmetry] = [.identity], cache: ImageCache?,
    threads: Int
  ) throws(TrainingError) {
    self.network = network
    self.rule = rule ?? DecisionRule(network.loss, network.decision)
    self.symmetries = symmetries
    self.cache = cache
    self.threads = threads
    predictor = try Predictor(network, team: Team(threads: threads))
  }

  /// What it says of decoded images.
  public func predictions(of images: [ImagePlanes]) -> [Prediction] {
    predictor.outputs(images, symmetries).map { outputs in
      let probabilities = rule.probabilities(outputs: outputs)
      return Prediction(
        outputs: outputs, probabilities: probabilities, label: rule.label(probabilities: probabilities))
    }
  }

  /// Goes through files.
  ///
  /// - Parameter report: called for each file in their order, with its place in the list, as soon as its sixteen are done.
  /// - Throws: what `report` throws. A file that cannot be read is an answer.
  public func predict(
    _ paths: [String], report: (Int, FileAnswer) throws -> Void
  ) throws {
    let examples = paths.map { Example(folder: ByteText($0).parent, name: ByteText($0).lastName, target: 0) }
    let store = ImageStore(
      examples, as: network.reading, within: .everywhere, cache: cache, budget: MemoryBudget(bytes: 0),
      leavesUnreadableOut: true)
    let pipeline = BatchPipeline(
      store, schedule: .once(count: paths.count, batchSize: Self.batchSize), ledger: SkipLedger(noting: paths.count),
      threads: threads)
    defer { pipeline.cancel() }
    while let batch = try pipeline.next() {
      var answers = Dictionary(
        uniqueKeysWithValues: zip(batch.examples, predictions(of: batch.images)).map { ($0, FileAnswer.predicted($1)) })
      for image in batch.skipped {
        answers[image.index] = .unusable(reason: image.reason, isTransient: store.couldNotRead(image.index))
      }
      for (index, answer) in answers.sorted(by: { $0.key < $1.key }) { try report(index, answer) }
    }
  }

  private static let batchSize = 16
}
