import CLinux
import Glibc

/// How much a publication promises.
public enum Durability: Sendable {
  /// Readers see the old file or the new one, also after a power cut.
  case durable
  /// Readers see the old file or the new one; a power cut may lose both. For what is rewritten every second.
  case atomic
}

/// Puts `bytes` at `path` so that nobody ever sees a part of them: written beside it, synced, renamed over it.
///
/// - Parameter wrote: is called after every few megabytes, as a sign of life.
public func publish(
  _ bytes: [UInt8], to path: String, _ durability: Durability = .durable, wrote: () -> Void = {}
) throws(FileError) {
  let temporary = temporaryName(beside: path)
  do {
    try write(bytes, to: temporary, durability, wrote)
    try check("rename to", path) { rename(temporary, path) }
  } catch {
    unlink(temporary)
    throw error
  }
  if durability == .durable { try syncDirectory(parentDirectory(of: path)) }
}

/// Puts `text`, as UTF-8, at `path`; see `publish(_:to:_:)`.
public func publish(_ text: String, to path: String, _ durability: Durability = .durable) throws(FileError) {
  try publish(Array(text.utf8), to: path, durability)
}

/// Puts `bytes` at `path` durably, or throws EEXIST if something already stands there.
public func publishNew(_ bytes: [UInt8], to path: String) throws(FileError) {
  let temporary = temporaryName(beside: path)
  do {
    try write(bytes, to: temporary, .durable)
    try move(temporary, to: path)
  } catch {
    unlink(temporary)
    throw error
  }
}

/// Makes a finished directory appear at `path` whole: syncs its files and itself, then renames it.
/// Throws EEXIST if something already stands there. `temporary` is on the same file system.
public func publishDirectory(_ temporary: String, to path: String) throws(FileError) {
  try syncTree(temporary)
  try move(temporary, to: path)
}

/// Puts a finished directory in the place of the one at `path`, in one instant, and removes that one.
/// Throws EINVAL on a file system that cannot exchange two names; nothing is changed then.
public func replaceDirectory(at path: String, by temporary: String) throws(FileError) {
  try syncTree(temporary)
  try check("exchange with \(temporary)", path) { linux_rename_exchange(temporary, path) }
  try syncDirectories(of: temporary, and: path)
  try removeTree(temporary)
}

/// Points the symbolic link at `path` to `target`, atomically, whether or not the link exists.
public func replaceSymlink(at path: String, to target: String) throws(FileError) {
  let temporary = temporaryName(beside: path)
  try check("create", temporary) { symlink(target, temporary) }
  do {
    try check("rename to", path) { rename(temporary, path) }
  } catch {
    unlink(temporary)
    throw error
  }
  try syncDirectory(parentDirectory(of: path))
}

private func write(
  _ bytes: [UInt8], to path: String, _ durability: Durability, _ wrote: () -> Void = {}
) throws(FileError) {
  let file = try Descriptor(path, O_WRONLY | O_CREAT | O_EXCL, operation: "create")
  for start in stride(from: 0, to: bytes.count, by: writtenAtOnce) {
    try file.write(bytes[start..<min(start + writtenAtOnce, bytes.count)])
    // What is on the disk already need not be waited for in one piece at the end.
    if start + writtenAtOnce < bytes.count { try file.sync() }
    wrote()
  }
  if durability == .durable { try file.sync() }
}

/// 16 MiB: on a slow network disk (1 MB/s) some 16 seconds.
private let writtenAtOnce = 16 << 20

private func syncTree(_ path: String) throws(FileError) {
  for entry in try entries(of: path) {
    guard let name = entry.name else { continue }
    switch entry.kind {
    case .directory: try syncTree("\(path)/\(name)")
    case .regular: try Descriptor("\(path)/\(name)", O_RDONLY | O_NOFOLLOW).sync()
    default: continue
    }
  }
  try syncDirectory(path)
}
