import Glibc

/// What lies in a folder.
struct FolderEntry {
  enum Kind { case folder, file, link, other }
  var name: String
  var kind: Kind
}

/// The entries of a folder in the order of their bytes, hidden ones left out.
func visibleEntries(of folder: String) throws(DatasetError) -> [FolderEntry] {
  guard let stream = opendir(folder) else {
    throw .unreadable(path: folder, reason: String(cString: strerror(errno)))
  }
  defer { closedir(stream) }
  var entries: [FolderEntry] = []
  while let entry = readdir(stream) {
    let bytes = withUnsafeBytes(of: entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
    guard bytes.first != UInt8(ascii: ".") else { continue }
    guard let name = String(validating: bytes, as: UTF8.self) else {
      let shown = String(decoding: bytes, as: UTF8.self)
      throw .unusable(path: folder, problem: "'\(shown)' is not UTF-8", cure: "rename it")
    }
    entries.append(FolderEntry(name: name, kind: kind(of: "\(folder)/\(name)", told: Int32(entry.pointee.d_type))))
  }
  return entries.sorted { precedesBytewise($0.name, $1.name) }
}

/// Some file systems do not tell the kind with the name; then the file itself is asked.
private func kind(of path: String, told: Int32) -> FolderEntry.Kind {
  switch told {
  case Int32(DT_DIR): return .folder
  case Int32(DT_REG): return .file
  case Int32(DT_LNK): return .link
  case Int32(DT_UNKNOWN):
    var status = stat()
    guard lstat(path, &status) == 0 else { return .other }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: return .folder
    case S_IFREG: return .file
    case S_IFLNK: return .link
    default: return .other
    }
  default: return .other
  }
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
