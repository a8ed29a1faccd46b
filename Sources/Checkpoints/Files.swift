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

/// Removes a file, or a directory with all it holds. That it is already gone is no error.
func removeTree(_ path: String) throws(FileError) {
  guard let found = try facts(at: path) else { return }
  guard found.kind == .directory else { return try remove(path) }
  for name in try names(in: path) { try removeTree("\(path)/\(name)") }
  if rmdir(path) != 0 && errno != ENOENT { throw .system(operation: "remove", path: path, code: errno) }
}

/// What the symbolic link at `path` says; nil if there is none.
func linkTarget(_ path: String) -> String? {
  let limit = Int(PATH_MAX)
  var target = [CChar](repeating: 0, count: limit)
  let count = readlink(path, &target, limit)
  return count < 0 ? nil : String(validating: target.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

extension FileError {
  static func missing(_ path: String) -> FileError {
    .system(operation: "open", path: path, code: ENOENT)
  }
}
