import Checkpoints
import DurableFiles
import Glibc
import RunFiles
public import Training

/// A checkpoint's folder made of a network that was trained elsewhere.
public enum ImportedCheckpoint {
  /// - Throws: `.occupied` if something stands at the path, `.noFolder` if there is no folder for it.
  public static func requirePlace(_ folder: String) throws(InterchangeError) {
    let parent = ByteText(withoutSlash(folder)).parent
    if try onDisk({ () throws(FileError) in try facts(at: folder) }) != nil { throw .occupied(path: folder) }
    guard try onDisk({ () throws(FileError) in try facts(at: "\(parent)/.") })?.kind == .directory else {
      throw .noFolder(path: folder, folder: parent)
    }
  }

  /// Makes the folder, which appears whole or not at all.
  ///
  /// - Throws: `.occupied` if something stands there by now.
  public static func publish(_ network: TrainedNetwork, as folder: String) throws(InterchangeError) {
    let (model, training): (TensorFile, TensorFile)
    do { (model, training) = try network.checkpoint() } catch { throw .training(error) }
    let files = [
      (CheckpointFile.model, try encoded(model)), (CheckpointFile.training, try encoded(training)),
    ]
    let path = ByteText(withoutSlash(folder))
    let unfinished = "\(path.parent)/.\(path.lastName).unfinished"
    do throws(FileError) {
      try removeTree(unfinished)
      try createDirectories(unfinished)
      for (name, bytes) in files {
        try DurableFiles.publish(bytes, to: "\(unfinished)/\(name.rawValue)", .atomic)
      }
      try publishDirectory(unfinished, to: path.text)
    } catch {
      do { try removeTree(unfinished) } catch { throw .file(error) }
      throw error.code == EEXIST ? .occupied(path: folder) : .file(error)
    }
  }

  /// The files of a checkpoint have shapes that fit and names that differ.
  private static func encoded(_ file: TensorFile) throws(InterchangeError) -> [UInt8] {
    do { return try Safetensors.encode(file.tensors, metadata: file.metadata) } catch {
      throw .training(.checkpoint(error))
    }
  }

  private static func withoutSlash(_ path: String) -> String {
    var path = path
    while path.utf8.count > 1, let rest = ByteText(path).before(suffix: "/") { path = rest }
    return path
  }
}
