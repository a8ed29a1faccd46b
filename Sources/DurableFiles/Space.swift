import Glibc

/// Bytes that this process may still write to the file system that holds `path`.
public func freeSpace(at path: String) throws(FileError) -> Int {
  var status = statvfs()
  try check("examine the file system of", path) { statvfs(path, &status) }
  let (bytes, overflow) = Int(clamping: status.f_bavail).multipliedReportingOverflow(by: Int(clamping: status.f_frsize))
  return overflow ? .max : bytes
}
