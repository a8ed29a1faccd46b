import Glibc

/// What a name in a directory stands for.
public enum FileKind: Sendable, Equatable {
  case regular, directory, link, other
}

/// One name in a directory. File names are bytes; only most of them are text.
public struct DirectoryEntry: Sendable, Equatable {
  public let bytes: [UInt8]
  public let kind: FileKind

  public init(_ name: String, _ kind: FileKind) {
    self.init(bytes: Array(name.utf8), kind: kind)
  }

  init(bytes: [UInt8], kind: FileKind) {
    self.bytes = bytes
    self.kind = kind
  }

  /// The name, or nil if it is not UTF-8.
  public var name: String? { String(validating: bytes, as: UTF8.self) }
}

/// What tells a file from another and from itself at another time.
public struct FileFacts: Sendable, Equatable {
  public let kind: FileKind
  public let size: Int
  /// The file system that the file is on: with the inode, the file's identity for as long as it is mounted.
  public let device: UInt64
  public let inode: UInt64
  public let links: Int
  /// Nanoseconds since 1970.
  public let modified: Int64
  /// When the kernel last saw the content, the name or the rights change, in nanoseconds since 1970. No program can set it.
  public let changed: Int64

  init(_ status: stat) {
    kind = FileKind(mode: status.st_mode)
    size = Int(status.st_size)
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    links = Int(status.st_nlink)
    modified = nanoseconds(status.st_mtim)
    changed = nanoseconds(status.st_ctim)
  }
}

/// Since 1970. A date centuries away saturates; it is only ever compared.
private func nanoseconds(_ time: timespec) -> Int64 {
  let (seconds, overflow) = Int64(time.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
  return overflow ? .max : seconds &+ Int64(time.tv_nsec)
}

extension FileKind {
  init(mode: mode_t) {
    switch mode & S_IFMT {
    case S_IFREG: self = .regular
    case S_IFDIR: self = .directory
    case S_IFLNK: self = .link
    default: self = .other
    }
  }
}

/// The names in a directory, without `.` and `..`, in no order.
public func entries(of path: String) throws(FileError) -> [DirectoryEntry] {
  guard let stream = opendir(path) else { throw .system(operation: "list", path: path, code: errno) }
  defer { closedir(stream) }
  var found: [DirectoryEntry] = []
  errno = 0
  while let entry = readdir(stream) {
    let bytes = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
    if bytes != [0x2E] && bytes != [0x2E, 0x2E] {
      found.append(DirectoryEntry(bytes: bytes, kind: try kind(of: entry.pointee.d_type, bytes, in: path)))
    }
    errno = 0
  }
  if errno != 0 { throw .system(operation: "list", path: path, code: errno) }
  return found
}

/// Whether a directory has no entry at all, as the place of a disk that is not mounted.
public func isEmptyDirectory(_ path: String) throws(FileError) -> Bool {
  guard let stream = opendir(path) else { throw .system(operation: "list", path: path, code: errno) }
  defer { closedir(stream) }
  errno = 0
  while let entry = readdir(stream) {
    let isItselfOrAbove = withUnsafeBytes(of: &entry.pointee.d_name) { name in
      name[0] == 0x2E && (name[1] == 0 || name[1] == 0x2E && name[2] == 0)
    }
    if !isItselfOrAbove { return false }
    errno = 0
  }
  if errno != 0 { throw .system(operation: "list", path: path, code: errno) }
  return true
}

/// What stands at `path`, a link not followed; nil if nothing does.
public func facts(at path: String) throws(FileError) -> FileFacts? {
  var status = stat()
  if lstat(path, &status) == 0 { return FileFacts(status) }
  // Nothing can stand at a name that is too long.
  if [ENOENT, ENOTDIR, ENAMETOOLONG].contains(errno) { return nil }
  throw .system(operation: "examine", path: path, code: errno)
}

/// Makes a directory and those above it that are missing; one that exists is no error.
public func createDirectories(_ path: String, mode: UInt32 = 0o777) throws(FileError) {
  if mkdir(path, mode) == 0 || errno == EEXIST { return }
  guard errno == ENOENT else { throw .system(operation: "create", path: path, code: errno) }
  try createDirectories(parentDirectory(of: path), mode: mode)
  try createDirectories(path, mode: mode)
}

/// The kind in a directory's own record; some file systems leave it out, and then the file is asked. A file that has
/// gone since is `.other`; one that cannot be asked is an error, or it would silently be left out.
private func kind(of type: UInt8, _ name: [UInt8], in directory: String) throws(FileError) -> FileKind {
  switch Int(type) {
  case Int(DT_REG): return .regular
  case Int(DT_DIR): return .directory
  case Int(DT_LNK): return .link
  case Int(DT_UNKNOWN):
    var status = stat()
    if lstat(joined(directory, name), &status) == 0 { return FileKind(mode: status.st_mode) }
    if errno == ENOENT { return .other }
    throw .system(operation: "examine", path: "\(directory)/\(String(decoding: name, as: UTF8.self))", code: errno)
  default: return .other
  }
}

/// `directory/name` as C wants it.
func joined(_ directory: String, _ name: [UInt8]) -> [CChar] {
  (Array(directory.utf8) + [UInt8(ascii: "/")] + name + [0]).map { CChar(bitPattern: $0) }
}
