import CLinux
import Glibc

/// Whether something stands at `path` beneath `root` and is reached without leaving it or following a link. The kernel
/// walks the path in one call, so no exchange of a folder for a link on the way can lead it astray.
///
/// - Parameters:
///   - root: a folder, resolved.
///   - path: relative to `root`; empty for the root itself.
/// - Throws: what says neither yes nor no, such as a disk that fails.
public func stands(_ path: String, beneath root: String) throws(FileError) -> Bool {
  let descriptor = linux_open_beneath(root, path.isEmpty ? "." : path)
  if descriptor >= 0 {
    close(descriptor)
    return true
  }
  if [ENOENT, ENOTDIR, ENAMETOOLONG, ELOOP, EXDEV].contains(errno) { return false }
  throw .system(operation: "look up", path: "\(root)/\(path)", code: errno)
}
