import Glibc

/// A regular file, held open, of which parts are read where they lie: for files that are larger than memory.
public final class ReadableFile: Sendable {
  public let path: String
  /// In bytes, when it was opened.
  public let size: Int
  private let number: Int32

  /// - Throws: `FileError`; a directory, pipe or device is refused, never waited for.
  public init(_ path: String) throws(FileError) {
    let file = try openToRead(path, followingLinks: true)
    let facts = try file.facts()
    guard facts.kind == .regular else { throw .notRegular(path: path) }
    self.path = path
    size = facts.size
    number = try check("open", path) { fcntl(file.number, F_DUPFD_CLOEXEC, 0) }
  }

  deinit { close(number) }

  /// The bytes at `place`; fewer if the file ends before it.
  public func bytes(at place: Range<Int>) throws(FileError) -> [UInt8] {
    try requireMemory(place.count, toRead: path)
    var bytes = [UInt8](repeating: 0, count: place.count)
    var count = 0
    while count < bytes.count {
      let more = try check("read", path) {
        bytes.withUnsafeMutableBytes { buffer in
          pread(number, buffer.baseAddress.map { $0 + count }, buffer.count - count, off_t(place.lowerBound + count))
        }
      }
      if more == 0 { break }
      count += more
    }
    bytes.removeLast(bytes.count - count)
    return bytes
  }
}
