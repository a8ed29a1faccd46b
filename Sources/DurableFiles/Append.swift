import Glibc

/// Appends one line to the file at `path` (created if missing) and syncs it. A line that could not be written whole
/// and synced is taken off again.
///
/// A crash may have left half a line at the end; the new line then begins on a line of its own, so that only the
/// torn one is lost to a reader. One writer at a time.
public func appendLine(_ line: String, to path: String) throws(FileError) {
  let isNew = try facts(at: path) == nil
  let file = try Descriptor(path, O_RDWR | O_APPEND | O_CREAT)
  let size = try file.facts().size
  var bytes = Array(line.utf8) + [UInt8(ascii: "\n")]
  if size > 0, try file.byte(at: size - 1) != UInt8(ascii: "\n") { bytes.insert(UInt8(ascii: "\n"), at: 0) }
  do {
    try file.write(bytes[...])
    try file.sync()
  } catch {
    ftruncate(file.number, off_t(size))
    throw error
  }
  if isNew { try syncDirectory(parentDirectory(of: path)) }
}

extension Descriptor {
  fileprivate func byte(at offset: Int) throws(FileError) -> UInt8 {
    var byte: UInt8 = 0
    try check("read", path) { pread(number, &byte, 1, off_t(offset)) }
    return byte
  }
}
