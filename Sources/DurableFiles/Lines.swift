import Glibc

/// The whole lines of a regular file, one after the other, however large it is: little more than a MiB of it is in memory.
///
/// What stands behind the last newline is no line: somebody may be writing it, or a crash has torn it.
public struct LineReader: ~Copyable {
  public struct Line {
    /// Without the newline; of a line longer than a MiB, the first MiB.
    public let bytes: ArraySlice<UInt8>
    /// Where the line lies in the file, its newline included.
    public let place: Range<Int>
  }

  private static let newline = UInt8(ascii: "\n")
  private static let pieceSize = 1 << 16
  private static let longest = 1 << 20

  private let file: Descriptor
  private var buffer: [UInt8] = []
  /// Where the next line begins, in the buffer and in the file.
  private var start = 0
  private var place = 0
  /// How far in the buffer newlines were looked for.
  private var seen = 0
  /// Bytes of the next line that were too many to keep.
  private var dropped = 0

  /// - Throws: `FileError`; a directory, pipe or device is refused.
  public init(_ path: String) throws(FileError) {
    let file = try Descriptor(path, O_RDONLY | O_NONBLOCK)
    guard try file.facts().kind == .regular else { throw .notRegular(path: path) }
    self.file = file
  }

  /// The next line, or nil after the last.
  public mutating func next() throws(FileError) -> Line? {
    while true {
      if let end = buffer[seen...].firstIndex(of: Self.newline) {
        let next = place + end - start + dropped + 1
        let line = Line(bytes: buffer[start..<end].prefix(Self.longest), place: place..<next)
        (start, seen, place, dropped) = (end + 1, end + 1, next, 0)
        return line
      }
      guard try readOn() else { return nil }
    }
  }

  /// - Returns: false at the end of the file.
  private mutating func readOn() throws(FileError) -> Bool {
    buffer.removeFirst(start)
    start = 0
    if buffer.count > Self.longest {
      dropped += buffer.count - Self.longest
      buffer.removeLast(buffer.count - Self.longest)
    }
    let count = buffer.count
    seen = count
    buffer.append(contentsOf: repeatElement(0, count: Self.pieceSize))
    let more = try check("read", file.path) {
      buffer.withUnsafeMutableBytes { bytes in
        read(file.number, bytes.baseAddress.map { $0 + count }, Self.pieceSize)
      }
    }
    buffer.removeLast(Self.pieceSize - more)
    return more > 0
  }
}

/// Puts a file that holds only some of its lines in the place of a regular file, durably.
public func keepLines(of path: String, where isKept: (LineReader.Line) -> Bool) throws(FileError) {
  let temporary = temporaryName(beside: path)
  do {
    let file = try GrowingFile(temporary)
    var lines = try LineReader(path)
    var pending: [UInt8] = []
    while let line = try lines.next() {
      guard isKept(line) else { continue }
      pending += line.bytes + [UInt8(ascii: "\n")]
      if pending.count >= 1 << 16 {
        try file.append(pending)
        pending.removeAll(keepingCapacity: true)
      }
    }
    try file.append(pending)
    try file.synchronize()
    try check("rename to", path) { rename(temporary, path) }
  } catch {
    unlink(temporary)
    throw error
  }
  try syncDirectory(parentDirectory(of: path))
}
