import CLinux
import Glibc

/// The bytes of a regular file of at most `limit` bytes. Never waits: a pipe or a device is refused, not read.
///
/// - Parameter followingLinks: false refuses a symbolic link as the last part of `path` (ELOOP).
public func readFile(_ path: String, limit: Int, followingLinks: Bool = true) throws(FileError) -> [UInt8] {
  let file = try openToRead(path, followingLinks: followingLinks)
  let facts = try file.facts()
  guard facts.kind == .regular else { throw .notRegular(path: path) }
  guard facts.size <= limit else { throw .tooLarge(path: path, limit: limit) }
  try requireMemory(facts.size, toRead: path)
  return try file.readAll(expecting: facts.size, limit: limit)
}

/// A socket, or a device without a driver, cannot be opened at all (ENXIO). That is no fault that passes.
func openToRead(_ path: String, followingLinks: Bool) throws(FileError) -> Descriptor {
  do {
    return try Descriptor(path, O_RDONLY | O_NONBLOCK | (followingLinks ? 0 : O_NOFOLLOW))
  } catch {
    var status = stat()
    guard error.code == ENXIO, stat(path, &status) == 0, FileKind(mode: status.st_mode) == .other else { throw error }
    throw .notRegular(path: path)
  }
}

/// An array that the system gives no memory for ends the program. So a large one is asked for beforehand.
func requireMemory(_ bytes: Int, toRead path: String) throws(FileError) {
  guard bytes > 1 << 20 else { return }
  guard let memory = malloc(bytes) else { throw .system(operation: "read", path: path, code: ENOMEM) }
  free(memory)
}

/// The bytes of standard input, whatever it is, to its end; waits for them.
public func readStandardInput(limit: Int) throws(FileError) -> [UInt8] {
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = try check("read", "stdin") { read(STDIN_FILENO, &buffer, buffer.count) }
    if count == 0 { return bytes }
    bytes += buffer.prefix(count)
    guard bytes.count <= limit else { throw .tooLarge(path: "stdin", limit: limit) }
  }
}

/// Whether some process has the regular file at `path` open for writing; nil if the kernel does not say
/// (another user's file, a network file system).
public func isBeingWritten(_ path: String) throws(FileError) -> Bool? {
  let file = try Descriptor(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW)
  let answer = linux_is_being_written(file.number)
  return answer < 0 ? nil : answer == 1
}

extension Descriptor {
  /// Reads to the end, which may be elsewhere than `size` said: the file may be changing.
  fileprivate func readAll(expecting size: Int, limit: Int) throws(FileError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: size + 1)
    var count = 0
    while true {
      let more = try check("read", path) {
        bytes.withUnsafeMutableBytes { read(number, $0.baseAddress.map { $0 + count }, $0.count - count) }
      }
      if more == 0 { break }
      count += more
      if count > limit { throw .tooLarge(path: path, limit: limit) }
      if count == bytes.count { bytes.append(contentsOf: repeatElement(0, count: max(4096, count))) }
    }
    bytes.removeLast(bytes.count - count)
    return bytes
  }
}
