import CLinux
import Glibc

/// An open file, closed when it goes out of scope. Never inherited by a child.
struct Descriptor: ~Copyable {
  let number: Int32
  let path: String

  init(_ path: String, _ flags: Int32, mode: mode_t = 0o666, operation: String = "open") throws(FileError) {
    number = try check(operation, path) { open(path, flags | O_CLOEXEC, mode) }
    self.path = path
  }

  deinit { close(number) }

  func write(_ bytes: ArraySlice<UInt8>) throws(FileError) {
    try writeAll(bytes, to: number, path)
  }

  /// A failure is final: the kernel may have dropped the pages, so that a second call would succeed without them.
  func sync() throws(FileError) {
    if fsync(number) != 0 { throw .system(operation: "fsync", path: path, code: errno) }
  }

  func facts() throws(FileError) -> FileFacts {
    var status = stat()
    try check("examine", path) { fstat(number, &status) }
    return FileFacts(status)
  }
}

/// Writes to the last byte, however few the system takes at a time.
func writeAll(_ bytes: ArraySlice<UInt8>, to number: Int32, _ path: String) throws(FileError) {
  try bytes.withUnsafeBufferPointer { (buffer) throws(FileError) in
    var rest = buffer[...]
    while !rest.isEmpty {
      let written = try check("write", path) {
        write(number, UnsafeBufferPointer(rebasing: rest).baseAddress, rest.count)
      }
      rest = rest.dropFirst(written)
    }
  }
}

/// Opens /dev/null for those of standard input, output and error that whoever started this program left closed: call it
/// first thing in a program. Without that, the first file to be opened takes such a number, and what is meant for a
/// terminal is written into it.
public func openStandardDescriptors() throws(FileError) {
  try check("open", "/dev/null") { linux_open_standard_descriptors() }
}

/// Makes the names in a directory survive a power cut.
public func syncDirectory(_ path: String) throws(FileError) {
  let directory = try Descriptor(path, O_RDONLY | O_DIRECTORY)
  try directory.sync()
}

/// The directory that holds `path`: `.` for a bare name.
func parentDirectory(of path: String) -> String { ByteText(path).parent }

/// A name beside `path` for a file that is not finished. The dot keeps it out of listings, the process number and
/// the counter out of the way of others.
func temporaryName(beside path: String) -> String {
  let unique = "\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
  // 255 bytes is the longest name; the suffix takes at most 28 of them.
  let stem = String(decoding: ByteText(path).lastName.utf8.prefix(200), as: UTF8.self)
  return "\(parentDirectory(of: path))/.\(stem).\(unique).tmp"
}

/// Whether `temporaryName` could have made this name: `.STEM.PROCESS-NUMBER.tmp`.
func isTemporary(_ name: String) -> Bool {
  let parts = Array(name.utf8).split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
  guard parts.count >= 4, parts[0].isEmpty, parts[parts.count - 1].elementsEqual("tmp".utf8) else { return false }
  let numbers = parts[parts.count - 2].split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
  return numbers.count == 2 && numbers.allSatisfy { UInt32(String(decoding: $0, as: UTF8.self)) != nil }
}
