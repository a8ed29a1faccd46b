import Checkpoints
import Datasets
import DurableFiles
import RunFiles

extension CheckpointFiles {
  /// The folder of the run that the checkpoint lies in: in its `checkpoints`, or in a copy of the link `best`; nil for one that
  /// lies in none.
  func run() throws -> String? {
    let path = try resolvedPath(folder) ?? folder
    for parent in [ByteText(path).parent, ByteText(ByteText(path).parent).parent]
    where try facts(at: RunFolder(parent)[.job]) != nil {
      return parent
    }
    return nil
  }
}
