import Glibc

/// Removes a file, or a directory and everything in it; links are removed, not followed. That something is already
/// gone is no error. For what this program made itself.
public func removeTree(_ path: String) throws(FileError) {
  guard let found = try facts(at: path) else { return }
  try removeUnsynced(path, found.kind)
  try syncDirectory(parentDirectory(of: path))
}

private func removeUnsynced(_ path: String, _ kind: FileKind) throws(FileError) {
  guard kind == .directory else { return try remove(path) }
  for entry in try entries(of: path) {
    guard let name = entry.name else { continue }
    try removeUnsynced("\(path)/\(name)", entry.kind)
  }
  if rmdir(path) != 0 && errno != ENOENT { throw .system(operation: "remove", path: path, code: errno) }
}

/// Removes the temporary files that a crash has left of a publication in `directory`, which the caller alone writes.
public func removeUnfinished(in directory: String) throws(FileError) {
  for entry in try entries(of: directory) where entry.kind != .directory {
    guard let name = entry.name, isTemporary(name) else { continue }
    try remove("\(directory)/\(name)")
  }
}

/// What a symbolic link points to; nil if no link stands at `path`.
public func linkTarget(at path: String) throws(FileError) -> String? {
  var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
  let count = readlink(path, &bytes, bytes.count)
  if count >= 0 { return String(decoding: bytes.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self) }
  if [ENOENT, ENOTDIR, EINVAL].contains(errno) { return nil }
  throw .system(operation: "read the link", path: path, code: errno)
}
