import DurableFiles
import RunFiles

/// A checkpoint as read back: both files whole and matching their checksums.
public struct Checkpoint: Sendable, Equatable {
  public let step: Int
  /// The directory it was read from.
  public let path: String
  public let model: TensorFile
  public let training: TensorFile
}

/// What looking for the newest usable checkpoint found.
public struct Recovery: Sendable, Equatable {
  /// The newest valid one; nil if there is none.
  public let checkpoint: Checkpoint?
  /// The newer ones that had to be passed over, newest first. They stay where they are.
  public let passedOver: [Damage]

  public struct Damage: Sendable, Equatable {
    public let step: Int
    public let error: CheckpointError
  }
}

extension CheckpointStore {
  /// The newest valid checkpoint, whatever `latest` points to: a crash may have come before the link was renewed.
  ///
  /// - Throws: if the folder, or a checkpoint that may be whole, cannot be read: a run must neither begin again nor lose
  ///   its newest checkpoint because of that. Only a damaged one is passed over.
  public func recover() throws(CheckpointError) -> Recovery {
    var passedOver: [Recovery.Damage] = []
    for step in try steps().reversed() {
      do {
        return Recovery(checkpoint: try checkpoint(step: step), passedOver: passedOver)
      } catch {
        guard error.isDamage else { throw error }
        passedOver.append(Recovery.Damage(step: step, error: error))
      }
    }
    return Recovery(checkpoint: nil, passedOver: passedOver)
  }

  /// The newest valid checkpoint, or nil.
  public func latest() throws(CheckpointError) -> Checkpoint? {
    try recover().checkpoint
  }

  /// The checkpoint marked best, or nil if none is.
  public func best() throws(CheckpointError) -> Checkpoint? {
    if try isCopied(.best) { return try copiedCheckpoint(.best) }
    guard let step = try bestStep else { return nil }
    return try checkpoint(step: step)
  }

  /// The checkpoint of `step`.
  /// - Throws: `damaged` with the file's path, or `file`.
  public func checkpoint(step: Int) throws(CheckpointError) -> Checkpoint {
    try checkpoint(step: step, at: path(of: step))
  }

  func checkpoint(step: Int, at path: String) throws(CheckpointError) -> Checkpoint {
    Checkpoint(
      step: step, path: path,
      model: try TensorFile(verified: "\(path)/\(CheckpointFile.model.rawValue)"),
      training: try TensorFile(verified: "\(path)/\(CheckpointFile.training.rawValue)"))
  }
}

extension TensorFile {
  private static let sizeLimit = 1 << 32

  /// The safetensors file at `path`, Kiln's or another program's; a checksum, where there is one, is verified.
  /// - Throws: `file` if it cannot be read, `damaged` if it is not what it should be.
  public init(contentsOf path: String) throws(CheckpointError) {
    try self.init(path) { (bytes) throws(CheckpointError) in try Safetensors.decode(bytes) }
  }

  /// The same for a file that Kiln wrote: not a bit of it may have changed.
  public init(verified path: String) throws(CheckpointError) {
    try self.init(path) { (bytes) throws(CheckpointError) in try Safetensors.decodeOwn(bytes) }
  }

  /// What can be read of a file that is damaged: its values are not believed, but they can be compared with the right ones.
  /// - Throws: `damaged` if not even its header can be read.
  public init(unbelieved path: String) throws(CheckpointError) {
    try self.init(path) { (bytes) throws(CheckpointError) in try Safetensors.content(of: bytes) }
  }

  private init(
    _ path: String, _ decode: ([UInt8]) throws(CheckpointError) -> TensorFile
  ) throws(CheckpointError) {
    let bytes = try onDisk { () throws(FileError) in try readFile(path, limit: Self.sizeLimit) }
    do {
      self = try decode(bytes)
    } catch {
      throw .damaged(path: path, error)
    }
  }
}
