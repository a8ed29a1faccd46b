import DurableFiles
import Glibc

/// What lies in a folder.
struct FolderEntry {
  var name: String
  var kind: FileKind
}

/// The entries of a folder in the order of their bytes, hidden ones left out.
func visibleEntries(of folder: String) throws(DatasetError) -> [FolderEntry] {
  let all: [DirectoryEntry]
  do { all = try entries(of: folder) } catch { throw .file(error) }
  var visible: [FolderEntry] = []
  for entry in all where entry.bytes.first != UInt8(ascii: ".") {
    guard let name = entry.name else {
      let shown = String(decoding: entry.bytes, as: UTF8.self)
      throw .unusable(path: folder, problem: "'\(shown)' is not UTF-8", cure: "rename it")
    }
    visible.append(FolderEntry(name: name, kind: entry.kind))
  }
  return visible.sorted { precedesBytewise($0.name, $1.name) }
}

/// The path without links and dots, or nil if it leads nowhere.
func resolvedPath(_ path: String) -> String? {
  guard let resolved = realpath(path, nil) else { return nil }
  defer { free(resolved) }
  return String(validatingCString: resolved)
}

/// Whether a resolved path is the folder itself or lies beneath it.
func isBeneath(_ path: String, _ folder: String) -> Bool {
  let prefix = folder.hasSuffix("/") ? folder : folder + "/"
  return path.utf8.elementsEqual(folder.utf8) || path.utf8.starts(with: prefix.utf8)
}

func folderExists(_ path: String) -> Bool {
  var status = stat()
  return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}
