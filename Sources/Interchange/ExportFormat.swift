public import Checkpoints
import DurableFiles
public import Training

/// A format that `kiln export` writes. A new one is one file, and a line of `exportFormats`.
public protocol ExportFormat: Sendable {
  /// As `--format` takes it.
  static var keyword: String { get }
  /// What it is and for whom, in one line.
  static var summary: String { get }
  /// Those of the command's options that mean something to it.
  static var options: Set<ExportOption> { get }

  /// The files of an export: the same bytes every time.
  ///
  /// - Parameters:
  ///   - path: where the first of them is to be; others lie beside it.
  ///   - options: some of `Self.options`.
  /// - Throws: if the subject cannot be read, or the format cannot hold it.
  static func files(
    of subject: ExportSubject, at path: String, _ options: Set<ExportOption>
  ) throws(InterchangeError) -> [ExportedFile]
}

extension ExportFormat {
  public static var options: Set<ExportOption> { [] }
}

/// Every format of `kiln export`.
public let exportFormats: [any ExportFormat.Type] = [
  OnnxFormat.self,
  NPZFormat.self,
  TorchFormat.self,
]

/// What an export may contain besides.
public enum ExportOption: String, Sendable, CaseIterable {
  case preprocessing = "with-preprocessing"
  case probabilities = "with-probabilities"
}

/// What is exported: what a user means by a path.
public struct ExportSubject: Sendable {
  /// As the user wrote it: a run, a checkpoint of it, or its model.
  public let path: String
  public let checkpoint: CheckpointFiles

  public init(path: String, checkpoint: CheckpointFiles) {
    self.path = path
    self.checkpoint = checkpoint
  }

  public func network() throws(InterchangeError) -> TrainedNetwork {
    do { return try TrainedNetwork(checkpoint) } catch { throw .training(error) }
  }
}

/// One file of an export.
public struct ExportedFile: Sendable {
  public let path: String
  public let bytes: [UInt8]
  /// What a file is called that an earlier export wrote: `ONNX model of Kiln's`.
  private let noun: String
  private let isOwn: @Sendable ([UInt8]) -> Bool

  /// - Parameter isOwn: whether bytes that stand at the path are of an earlier export, and may be replaced.
  public init(path: String, bytes: [UInt8], noun: String, isOwn: @escaping @Sendable ([UInt8]) -> Bool) {
    self.path = path
    self.bytes = bytes
    self.noun = noun
    self.isOwn = isOwn
  }

  private static let sizeLimit = 1 << 32

  /// - Throws: unless the file may be written: nothing stands at its path yet, or an earlier export.
  public func requirePlace() throws(InterchangeError) {
    guard let found = try onDisk({ () throws(FileError) in try facts(at: path) }) else {
      let parent = ByteText(path).parent
      guard try onDisk({ () throws(FileError) in try facts(at: "\(parent)/.") })?.kind == .directory else {
        throw .noFolder(path: path, folder: parent)
      }
      return
    }
    guard found.kind == .regular else { throw .foreignFile(path: path, noun: noun) }
    if found.size == 0 { return }
    let standing = try onDisk { () throws(FileError) in try readFile(path, limit: Self.sizeLimit) }
    guard isOwn(standing) else { throw .foreignFile(path: path, noun: noun) }
  }

  /// Puts the file in its place, so that nobody ever sees a part of it.
  public func publish() throws(InterchangeError) {
    try onDisk { () throws(FileError) in try DurableFiles.publish(bytes, to: path) }
  }
}
