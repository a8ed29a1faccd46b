import CLinux
import Glibc

/// Renames `source` to `path` without overwriting: throws EEXIST if something already stands there.
/// Whatever `source` is (a link, a pipe, a directory) is moved itself, never opened.
///
/// - Parameter durability: `.atomic` leaves it to the caller to sync the directories, once for many moves.
public func move(_ source: String, to path: String, _ durability: Durability = .durable) throws(FileError) {
  try check("move to", path) { linux_rename_no_replace(source, path) }
  if durability == .durable { try syncDirectories(of: source, and: path) }
}

/// The same for an entry whose name may not be UTF-8.
public func move(_ entry: DirectoryEntry, in directory: String, to path: String) throws(FileError) {
  let source = joined(directory, entry.bytes)
  try check("move to", path) { linux_rename_no_replace(source, path) }
  try syncDirectories(of: "\(directory)/x", and: path)
}

/// Removes a file. That it is already gone is no error.
public func remove(_ path: String) throws(FileError) {
  if unlink(path) != 0 && errno != ENOENT {
    throw .system(operation: "remove", path: path, code: errno)
  }
}

func syncDirectories(of source: String, and destination: String) throws(FileError) {
  let from = parentDirectory(of: source)
  let to = parentDirectory(of: destination)
  // The new name first: a power cut between the two may leave both names, never none.
  try syncDirectory(to)
  if from != to { try syncDirectory(from) }
}

/// Puts what stands at each of two paths at the other, in one instant; both are on one file system. Whatever it is is
/// moved itself, never opened. Throws EINVAL, and changes nothing, on a file system that cannot do that.
public func exchange(_ one: String, _ other: String) throws(FileError) {
  try check("exchange with \(one)", other) { linux_rename_exchange(one, other) }
  try syncDirectories(of: one, and: other)
}
