import Glibc

/// A lock on a file, held as long as this value lives and by no other process. The kernel releases it however the
/// process ends. The holder's number stands in the file, which is never removed: a removed one could be locked twice.
public final class FileLock: Sendable {
  public let path: String
  private let number: Int32

  /// - Throws: `FileError.locked` at once if another process (or another lock of this one) holds it.
  public init(_ path: String) throws(FileError) {
    // For its owner alone: whoever may read it could lock it, and keep the owner out.
    let file = try Descriptor(path, O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o600)
    guard try file.lockPatiently() else { throw .locked(path: path, holder: file.writtenHolder()) }
    self.path = path
    // Past `file`'s scope the lock lives on in the copy: it belongs to the open file, not to the descriptor.
    number = try check("lock", path) { fcntl(file.number, F_DUPFD_CLOEXEC, 0) }
    try writeHolder()
  }

  deinit { close(number) }

  private func writeHolder() throws(FileError) {
    try check("write", path) { ftruncate(number, 0) }
    let bytes = Array("\(getpid())\n".utf8)
    try check("write", path) { pwrite(number, bytes, bytes.count, 0) }
  }

  /// Who holds the lock at `path`.
  public enum Holder: Sendable, Equatable {
    case nobody
    case process(Int32)
    /// Held, by a process that has not yet written its number.
    case unknown
  }

  /// Asks by trying the lock for an instant. A lock that nobody has ever taken is held by nobody.
  public static func holder(of path: String) throws(FileError) -> Holder {
    guard try facts(at: path) != nil else { return .nobody }
    let file = try Descriptor(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    if try file.tryLock(LOCK_SH) { return .nobody }
    return file.writtenHolder().map(Holder.process) ?? .unknown
  }
}

extension Descriptor {
  /// Whoever asks for the holder has the lock for an instant. One tenth of a second outlasts any such visit.
  fileprivate func lockPatiently() throws(FileError) -> Bool {
    for _ in 0..<20 {
      if try tryLock(LOCK_EX) { return true }
      usleep(5_000)
    }
    return false
  }

  fileprivate func tryLock(_ kind: Int32) throws(FileError) -> Bool {
    while flock(number, kind | LOCK_NB) != 0 {
      if errno == EWOULDBLOCK { return false }
      if errno != EINTR { throw .system(operation: "lock", path: path, code: errno) }
    }
    return true
  }

  fileprivate func writtenHolder() -> Int32? {
    var bytes = [UInt8](repeating: 0, count: 16)
    let count = pread(number, &bytes, bytes.count, 0)
    guard count > 0, let text = String(validating: bytes.prefix(count), as: UTF8.self) else { return nil }
    return Int32(text.prefix { $0.isNumber })
  }
}
