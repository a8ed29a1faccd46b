import DurableFiles
import Glibc
public import RunFiles

/// The files that a user means by a path: a safetensors file; a checkpoint's directory, or a link to one such as
/// `latest` and `best`; or a run's directory, which stands for its newest valid checkpoint.
public struct CheckpointFiles: Sendable, Equatable {
  public let model: String
  /// Nil for a model that stands alone.
  public let training: String?
  /// Newer checkpoints of the run that are damaged.
  public let passedOver: [CheckpointError]

  /// The folder that the model lies in, as it was named.
  public var folder: String { model.lastIndex(of: "/").map { String(model[..<$0]) } ?? "." }

  /// Where a decision about the outputs lies, if there is one.
  public var decisionPath: String { "\(folder)/\(CheckpointFile.decision.rawValue)" }

  /// What was chosen about the outputs; nil if nothing was.
  /// - Throws: `file` if it cannot be read, `damaged` if it is none.
  public func decision() throws(CheckpointError) -> Decision? {
    guard try Self.exists(decisionPath) else { return nil }
    let bytes = try onDisk { () throws(FileError) in try readFile(decisionPath, limit: 64 << 10) }
    guard let decision = Decision(bytes) else { throw .damaged(path: decisionPath, .noDecision) }
    return decision
  }

  /// - Throws: `file` if there is nothing at `path`, `noCheckpoint` if there is a directory but nothing in it that
  ///   could be meant, `damaged` if every checkpoint of the run is.
  public init(named path: String) throws(CheckpointError) {
    guard let names = try Self.namesIfDirectory(path) else {
      let directory = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
      let isModel = path == directory + CheckpointFile.model.rawValue
      let training = directory + CheckpointFile.training.rawValue
      let hasTraining = try Self.exists(training)
      self.init(model: path, training: isModel && hasTraining ? training : nil)
      return
    }
    if names.contains(CheckpointFile.model.rawValue) || names.contains(CheckpointFile.training.rawValue) {
      let training = "\(path)/\(CheckpointFile.training.rawValue)"
      self.init(
        model: "\(path)/\(CheckpointFile.model.rawValue)",
        training: names.contains(CheckpointFile.training.rawValue) ? training : nil)
      return
    }
    let recovery = try CheckpointStore(run: path).recover()
    guard let checkpoint = recovery.checkpoint else {
      throw recovery.passedOver.first?.error ?? .noCheckpoint(path: path)
    }
    self.init(
      model: "\(checkpoint.path)/\(CheckpointFile.model.rawValue)",
      training: "\(checkpoint.path)/\(CheckpointFile.training.rawValue)", passedOver: recovery.passedOver.map(\.error))
  }

  private init(model: String, training: String?, passedOver: [CheckpointError] = []) {
    self.model = model
    self.training = training
    self.passedOver = passedOver
  }

  private static func namesIfDirectory(_ path: String) throws(CheckpointError) -> [String]? {
    do {
      return try names(in: path)
    } catch {
      switch error.code {
      case ENOTDIR: return nil
      case ENOENT: throw .file(.missing(path))
      default: throw .file(error)
      }
    }
  }

  private static func exists(_ path: String) throws(CheckpointError) -> Bool {
    try onDisk { () throws(FileError) in try facts(at: path) != nil }
  }
}
