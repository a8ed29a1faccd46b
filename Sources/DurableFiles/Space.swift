import Glibc

/// Bytes that this process may still write to the file system that holds `path`. One that has no room for another file
/// is as full as one without a byte.
public func freeSpace(at path: String) throws(FileError) -> Int {
  var status = statvfs()
  try check("examine the file system of", path) { statvfs(path, &status) }
  if status.f_files > 0 && status.f_favail == 0 { return 0 }
  let (bytes, overflow) = Int(clamping: status.f_bavail).multipliedReportingOverflow(by: Int(clamping: status.f_frsize))
  return overflow ? .max : bytes
}

/// All bytes of the file system that holds `path`: what no waiting can make more of.
public func totalSpace(at path: String) throws(FileError) -> Int {
  var status = statvfs()
  try check("examine the file system of", path) { statvfs(path, &status) }
  let (bytes, overflow) = Int(clamping: status.f_blocks).multipliedReportingOverflow(by: Int(clamping: status.f_frsize))
  return overflow ? .max : bytes
}

/// Makes now the time at which the file at `path` was last modified: a mark that it was of use.
public func touch(_ path: String) throws(FileError) {
  try check("touch", path) { utimensat(AT_FDCWD, path, nil, AT_SYMLINK_NOFOLLOW) }
}

/// Now, in nanoseconds since 1970. Many kernels stamp a file with the time of their last tick, up to 10 ms ago.
public func fileClock() -> Int64 {
  var time = timespec()
  clock_gettime(CLOCK_REALTIME, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}
