import Glibc

/// Bytes that were asked of the system and granted, zero at first. An array would end the program where there are none,
/// and a large image must not: the attempt ends, and another one may have more memory.
///
/// Who makes it fills it before it is handed on; from then on it is only read, by any thread.
final class PixelMemory: @unchecked Sendable {
  let count: Int
  private let start: UnsafeMutablePointer<UInt8>

  init(count: Int) throws(ImageError) {
    guard let memory = calloc(max(count, 1), 1) else { throw .noMemory(bytes: count) }
    self.count = count
    start = memory.assumingMemoryBound(to: UInt8.self)
  }

  deinit { free(start) }

  func withSpan<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
    body(UnsafeBufferPointer(start: start, count: count).span)
  }

  func fill<Result>(_ body: (UnsafeMutableBufferPointer<UInt8>) -> Result) -> Result {
    body(UnsafeMutableBufferPointer(start: start, count: count))
  }
}
