import DurableFiles
import Glibc

/// Does what touches the disk and reports its failure as this target's error.
func onDisk<Result>(_ work: () throws(FileError) -> Result) throws(CheckpointError) -> Result {
  do {
    return try work()
  } catch {
    throw .file(error)
  }
}

/// The names in a directory, as far as they are text.
func names(in directory: String) throws(FileError) -> [String] {
  try entries(of: directory).compactMap(\.name)
}

extension FileError {
  static func missing(_ path: String) -> FileError {
    .system(operation: "open", path: path, code: ENOENT)
  }
}
