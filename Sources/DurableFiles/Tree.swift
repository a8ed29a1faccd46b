import Glibc

/// Removes a directory and everything in it; links are removed, not followed. For what this program made itself.
public func removeTree(_ path: String) throws(FileError) {
  for entry in try entries(of: path) {
    guard let name = entry.name else { continue }
    if entry.kind == .directory {
      try removeTree("\(path)/\(name)")
    } else {
      try remove("\(path)/\(name)")
    }
  }
  try check("remove", path) { rmdir(path) }
  try syncDirectory(parentDirectory(of: path))
}

/// What a symbolic link points to; nil if nothing stands at `path`.
public func linkTarget(at path: String) throws(FileError) -> String? {
  var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
  let count = readlink(path, &bytes, bytes.count)
  if count >= 0 { return String(decoding: bytes.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self) }
  if errno == ENOENT || errno == ENOTDIR { return nil }
  throw .system(operation: "read the link", path: path, code: errno)
}
