import Glibc

/// Whether a process has the file at `path` open, as far as the kernel tells: of other users' processes it tells nothing,
/// and then the answer is no.
public func hasOpen(_ path: String, process: Int32) -> Bool {
  var wanted = stat()
  let folder = "/proc/\(process)/fd"
  guard stat(path, &wanted) == 0, let descriptors = try? entries(of: folder) else { return false }
  return descriptors.contains { descriptor in
    var found = stat()
    return stat(joined(folder, descriptor.bytes), &found) == 0 && found.st_dev == wanted.st_dev
      && found.st_ino == wanted.st_ino
  }
}
