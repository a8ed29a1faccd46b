import Checkpoints
import Datasets
import DurableFiles
import RunFiles
import Training

/// What was chosen on the validation images, on its way to the checkpoint that it was chosen for.
struct SavedDecision {
  private let checkpoint: CheckpointFiles
  /// Of the run that the checkpoint lies in; nil for one that lies in none.
  private let lock: String?

  /// - Throws: if the run is in use.
  init(beside checkpoint: CheckpointFiles) throws {
    self.checkpoint = checkpoint
    lock = try checkpoint.run().map { RunFolder($0)[.lock] }
    if let lock, case let holder = try FileLock.holder(of: lock), holder != .nobody { throw Self.busy(lock) }
  }

  private static func busy(_ lock: String) -> CommandFailure {
    CommandFailure(
      "\(ByteText(lock).parent) is in use by another process: try again when its training has ended", .tryAgain)
  }

  /// Bit by bit: a weight that is no number is the same as itself.
  private static func areSame(_ model: [NamedTensor], _ other: [NamedTensor]) -> Bool {
    model.count == other.count
      && zip(model, other).allSatisfy { tensor, other in
        tensor.name == other.name && tensor.shape == other.shape
          && tensor.values.lazy.map(\.bitPattern).elementsEqual(other.values.lazy.map(\.bitPattern))
      }
  }

  /// What was decided before and is not kept by a new decision; nil if nothing is lost.
  func lost(by judgement: EvaluationJudgement) throws(CheckpointError) -> String? {
    let earlier: Decision?
    do { earlier = try checkpoint.decision() } catch {
      guard error.isDamage else { throw error }
      return "\(checkpoint.decisionPath) held no decision, and is replaced"
    }
    guard let earlier else { return nil }
    var lost: [String] = []
    if let temperature = earlier.temperature, judgement.calibration == nil {
      lost.append("temperature \(temperature) (--calibrate keeps one)")
    }
    if let threshold = earlier.threshold, judgement.evaluation.rule.threshold == nil {
      lost.append("threshold \(threshold)")
    }
    return lost.isEmpty ? nil : "the decision of before is replaced, and is gone: \(lost.joined(separator: ", "))"
  }

  /// Writes the decision in one instant, while nobody else writes in the run's folder.
  ///
  /// - Returns: the file.
  /// - Throws: if the run is in use, or the checkpoint is no longer the one that was evaluated.
  func write(_ judgement: EvaluationJudgement, of network: TrainedNetwork, part: Part) throws -> String {
    let held: FileLock?
    do { held = try lock.map { path throws(FileError) in try FileLock(path) } } catch {
      if case .locked = error, let lock { throw Self.busy(lock) }
      throw error
    }
    defer { withExtendedLifetime(held) {} }
    let model = try TensorFile(contentsOf: checkpoint.model)
    guard try Self.areSame(TrainedNetwork(checkpoint, takesDecision: false).model, network.model),
      let checksum = model.metadata[Safetensors.checksumKey]
    else {
      throw CommandFailure(
        "\(checkpoint.folder) is no longer the checkpoint that was evaluated; choose again", .tryAgain)
    }
    let rule = judgement.evaluation.rule
    let decision = Decision(
      threshold: rule.threshold, temperature: judgement.calibration?.temperature, aim: judgement.choice?.words,
      part: part.rawValue, images: judgement.evaluation.answers.count, model: checksum)
    guard let bytes = decision.bytes else {
      throw CommandFailure("a threshold that is not finite cannot be saved; please report this", .software)
    }
    try publish(bytes, to: checkpoint.decisionPath)
    return checkpoint.decisionPath
  }
}
