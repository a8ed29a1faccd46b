import Glibc
import Synchronization

/// A file, held open, that only grows at its end.
public final class GrowingFile: Sendable {
  public let path: String
  private let number: Int32
  /// The failure of an earlier `synchronize`.
  private let failure = Mutex<FileError?>(nil)

  /// Opens the file at `path`, or makes one.
  public init(_ path: String) throws(FileError) {
    self.path = path
    number = try check("open", path) { open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o666) }
  }

  deinit { close(number) }

  /// Takes off what stands beyond the first so many bytes.
  public func truncate(to size: Int) throws(FileError) {
    try check("shorten", path) { ftruncate(number, off_t(size)) }
  }

  /// Writes at the end. A failure may leave a part of the bytes there.
  public func append(_ bytes: [UInt8]) throws(FileError) {
    try writeAll(bytes[...], to: number, path)
  }

  /// Waits until everything appended is on the disk.
  ///
  /// After one failure it fails for ever: the kernel may have dropped the bytes and would report success the next time.
  public func synchronize() throws(FileError) {
    if let earlier = failure.withLock({ $0 }) { throw earlier }
    guard fsync(number) != 0 else { return }
    let error = FileError.system(operation: "fsync", path: path, code: errno)
    failure.withLock { $0 = error }
    throw error
  }
}
