import Glibc

/// Why a file could not be written, moved, read or locked.
public enum FileError: Error, Equatable, CustomStringConvertible {
  /// A system call failed with `code` (an errno).
  case system(operation: String, path: String, code: Int32)
  /// The path names a directory, link, device, pipe or socket where a plain file is needed.
  case notRegular(path: String)
  case tooLarge(path: String, limit: Int)
  /// Another process holds the lock; its number is known unless it has not written it yet.
  case locked(path: String, holder: Int32?)

  public var description: String {
    switch self {
    case .system(let operation, let path, let code):
      let cure = Self.cure(code).map { "; \($0)" } ?? ""
      return "\(path): cannot \(operation): \(String(cString: strerror(code)))\(cure)"
    case .notRegular(let path):
      return "\(path): is not a regular file"
    case .tooLarge(let path, let limit):
      return "\(path): is larger than the \(limit) bytes allowed"
    case .locked(let path, let holder):
      return "\(path): is held by \(holder.map { "process \($0)" } ?? "another process")"
    }
  }

  /// The errno behind the failure, if a system call caused it.
  public var code: Int32? {
    if case .system(_, _, let code) = self { code } else { nil }
  }

  private static func cure(_ code: Int32) -> String? {
    switch code {
    case ENOSPC, EDQUOT: "free some space on that file system"
    case EACCES, EPERM: "check the owner and the permissions"
    case EROFS: "choose a folder on a writable file system"
    case EMFILE, ENFILE: "raise the limit of open files"
    case EIO: "the disk reports errors; look at the kernel's log"
    case EXDEV: "both folders must be on one file system"
    default: nil
    }
  }
}

/// Repeats `call` while a signal interrupts it and turns its failure (a negative result) into a `FileError`.
@discardableResult
func check<Result: SignedInteger>(
  _ operation: String, _ path: String, _ call: () -> Result
) throws(FileError) -> Result {
  while true {
    let result = call()
    if result >= 0 { return result }
    if errno != EINTR { throw .system(operation: operation, path: path, code: errno) }
  }
}
