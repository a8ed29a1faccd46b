public import Checkpoints
import RunFiles

/// A checkpoint that a run has left, as a replay looks at it: where it stands, but not its tensors, which are read when
/// they are compared.
public struct KeptCheckpoint: Sendable {
  public let step: Int
  /// Its folder.
  public let path: String
  /// Of training.safetensors.
  public let metadata: [String: String]
  public let state: RunState
  /// What is wrong with a file; nil if both match their checksums. Nothing goes on from a damaged one, but what can be read
  /// of it is compared.
  public let damage: CheckpointError?

  public var place: RunPlace { state.place }

  /// - Throws: `.checkpoint` if its training.safetensors cannot be read at all, `.checkpointMismatch` if it holds no state.
  public init(step: Int, in store: CheckpointStore) throws(TrainingError) {
    self.step = step
    path = store.path(of: step)
    damage = try Self.damage(of: step, in: store)
    do {
      metadata = try TensorFile(unbelieved: store.file(.training, of: step)).metadata
    } catch { throw .checkpoint(error) }
    guard let text = metadata[RunState.key] else {
      throw .checkpointMismatch("\(path) holds no state of a run")
    }
    state = try RunState(encoded: text)
  }

  private static func damage(of step: Int, in store: CheckpointStore) throws(TrainingError) -> CheckpointError? {
    do {
      _ = try store.checkpoint(step: step)
      return nil
    } catch {
      guard error.isDamage else { throw .checkpoint(error) }
      return error
    }
  }
}

extension CheckpointStore {
  func file(_ file: CheckpointFile, of step: Int) -> String { "\(path(of: step))/\(file.rawValue)" }
}
