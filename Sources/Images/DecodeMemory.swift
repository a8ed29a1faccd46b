import Workers

/// The memory that decoders may have at the same time, together, for the pixels of whole images and for their own work.
///
/// A camera's photograph takes a hundred times the bytes of the square that is made of it, for the time of its decoding,
/// and the largest image that is decoded 500 MB and more: as many of them as there are threads might be too much. Who
/// would exceed the limit waits for others, first come, first served. An image that needs more than the limit is
/// decoded alone.
///
/// Each decoder holds the bytes of its file while it waits, which do not count here.
public final class DecodeMemory: Sendable {
  /// A quarter of what the process may have, and no more than 2 GiB.
  public static let standard = DecodeMemory(bytes: min(2 << 30, memoryLimit() / 4))

  private struct Line {
    var used = 0
    /// The number of who comes next to the line, and of who is served next.
    var last = 0
    var next = 0
  }

  private let limit: Int
  private let line = Monitor(Line())

  public init(bytes: Int) { limit = max(bytes, 0) }

  /// Bytes in use.
  package var used: Int { line.change { $0.used } }

  /// Calls `body` when there are so many bytes to be had.
  func using<Result>(_ bytes: Int, _ body: () throws(ImageError) -> Result) throws(ImageError) -> Result {
    let number = line.change { line in
      defer { line.last += 1 }
      return line.last
    }
    line.wait { line -> Void? in
      guard line.next == number, line.used == 0 || line.used + bytes <= limit else { return nil }
      line.used += bytes
      line.next += 1
      return ()
    }
    line.wakeAll()
    defer {
      line.change { $0.used -= bytes }
      line.wakeAll()
    }
    return try body()
  }
}
