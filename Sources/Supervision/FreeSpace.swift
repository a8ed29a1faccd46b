import Glibc

/// What is left on a file system.
struct FreeSpace: Equatable {
  /// For this user, without what is set apart for root.
  var bytes: Int

  /// Nil if the file system does not say. One that has no room for another file is as full as one without a byte.
  init?(at path: String) {
    var status = statvfs()
    guard statvfs(path, &status) == 0 else { return nil }
    let isOutOfFiles = status.f_files > 0 && status.f_favail == 0
    bytes =
      isOutOfFiles ? 0 : Int(clamping: status.f_bavail.multipliedReportingOverflow(by: status.f_frsize).partialValue)
  }
}
