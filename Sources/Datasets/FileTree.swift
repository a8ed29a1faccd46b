import DurableFiles
import Glibc

/// A name in a folder.
struct FolderEntry {
  var name: String
  var kind: FileKind
}

/// The entries of a folder, sorted by the bytes of their names.
///
/// - Throws: `.unusable` also at a name that is not UTF-8, unless it is hidden.
func namedEntries(of folder: String) throws(DatasetError) -> [FolderEntry] {
  let all: [DirectoryEntry]
  do { all = try entries(of: folder) } catch { throw DatasetError(error) }
  var named: [FolderEntry] = []
  for entry in all {
    let shown = String(decoding: entry.bytes, as: UTF8.self)
    let isHidden = entry.bytes.first == UInt8(ascii: ".")
    guard let name = entry.name ?? (isHidden ? shown : nil) else {
      throw .unusable(path: folder, problem: "'\(shown)' is not UTF-8", cure: "rename it")
    }
    named.append(FolderEntry(name: name, kind: entry.kind))
  }
  return named.sorted { ByteText($0.name) < ByteText($1.name) }
}

/// The path without links and dots.
///
/// - Returns: nil if there is no such file: the file system answered ENOENT or ENOTDIR.
/// - Throws: any other error. Taken for "no such file", an error of a network file system would lose a good image.
package func resolvedPath(_ path: String) throws(DatasetError) -> String? {
  guard let resolved = realpath(path, nil) else {
    if errno == ENOENT || errno == ENOTDIR { return nil }
    throw DatasetError(.system(operation: "look up", path: path, code: errno))
  }
  defer { free(resolved) }
  guard let text = String(validatingCString: resolved) else {
    throw .unusable(path: path, problem: "a link to a name that is not UTF-8", cure: "rename what it leads to")
  }
  return text
}

/// Whether a resolved path is the folder itself or lies beneath it.
package func isBeneath(_ path: String, _ folder: String) -> Bool {
  let slash = UInt8(ascii: "/")
  guard path.utf8.starts(with: folder.utf8) else { return false }
  let rest = path.utf8.dropFirst(folder.utf8.count)
  return rest.isEmpty || rest.first == slash || folder.utf8.last == slash
}

/// - Parameter path: without links.
/// - Returns: false if something else stands there, or nothing.
func isFolder(_ path: String) throws(DatasetError) -> Bool {
  do { return try facts(at: path)?.kind == .directory } catch { throw DatasetError(error) }
}

/// Whether a folder is empty, as the mount point of a disk that is not mounted is.
func isEmptyFolder(_ path: String) throws(DatasetError) -> Bool {
  do { return try isEmptyDirectory(path) } catch { throw DatasetError(error) }
}
