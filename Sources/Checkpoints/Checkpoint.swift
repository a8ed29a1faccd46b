import DurableFiles

/// A checkpoint as read back: both files whole and matching their checksums.
public struct Checkpoint: Sendable, Equatable {
  public static let modelFile = "model.safetensors"
  public static let trainingFile = "training.safetensors"

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
  /// The newer ones that had to be passed over, newest first, and why. They stay where they are.
  public let damaged: [CheckpointError]
}

extension CheckpointStore {
  /// The newest valid checkpoint, whatever `latest` points to: a crash may have come before the link was renewed.
  ///
  /// - Throws: only if the folder itself cannot be read.
  public func recover() throws(CheckpointError) -> Recovery {
    var damaged: [CheckpointError] = []
    for step in try steps().reversed() {
      do {
        return Recovery(checkpoint: try checkpoint(step: step), damaged: damaged)
      } catch {
        damaged.append(error)
      }
    }
    return Recovery(checkpoint: nil, damaged: damaged)
  }

  /// The newest valid checkpoint, or nil.
  public func latest() throws(CheckpointError) -> Checkpoint? {
    try recover().checkpoint
  }

  /// The checkpoint marked best, or nil if none is.
  public func best() throws(CheckpointError) -> Checkpoint? {
    guard let step = bestStep else { return nil }
    return try checkpoint(step: step)
  }

  /// The checkpoint of `step`.
  /// - Throws: `damaged` with the file's path, or `file`.
  public func checkpoint(step: Int) throws(CheckpointError) -> Checkpoint {
    let path = path(of: step)
    return Checkpoint(
      step: step, path: path,
      model: try TensorFile(verified: "\(path)/\(Checkpoint.modelFile)"),
      training: try TensorFile(verified: "\(path)/\(Checkpoint.trainingFile)"))
  }
}

extension TensorFile {
  private static let sizeLimit = 1 << 32

  /// The safetensors file at `path`, Kiln's or another program's; a checksum, where there is one, is verified.
  /// - Throws: `file` if it cannot be read, `damaged` if it is not what it should be.
  public init(contentsOf path: String) throws(CheckpointError) {
    let bytes = try onDisk { () throws(FileError) in try readFile(path, limit: Self.sizeLimit) }
    do {
      self = try Safetensors.decode(bytes)
    } catch {
      throw .damaged(path: path, error)
    }
  }

  /// The same for a file that Kiln wrote, which has a checksum.
  init(verified path: String) throws(CheckpointError) {
    try self.init(contentsOf: path)
    guard metadata[Safetensors.checksumKey] != nil else { throw .damaged(path: path, .checksumMissing) }
  }
}
