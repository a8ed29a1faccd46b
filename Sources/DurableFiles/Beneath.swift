import CLinux
import Glibc

/// Whether something stands at `path` beneath `root` and is reached without leaving it or following a link. The kernel
/// walks the path in one call, so no exchange of a folder for a link on the way can lead it astray.
///
/// - Parameters:
///   - root: a folder, resolved.
///   - path: relative to `root`; empty for the root itself.
public func stands(_ path: String, beneath root: String) -> Bool {
  let descriptor = linux_open_beneath(root, path.isEmpty ? "." : path)
  guard descriptor >= 0 else { return false }
  close(descriptor)
  return true
}
