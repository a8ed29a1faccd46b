import Glibc

/// Zeroed memory for one network, aligned to pages and backed by large pages where the system has them.
///
/// It is handed out once, in slices, while the network is planned; nothing is allocated in a step. A view does not keep
/// its storage alive, because counting owners would cost every kernel an atomic operation. Two ways are therefore sound.
/// An object that lives as long as its views keeps the storage and the views side by side (`Executor`, `TreeSum`,
/// `Trainer`). Everything else, above all a local variable, which Swift may release after its last mention, asks for the
/// views in `withAll`.
public final class Storage<Element>: @unchecked Sendable {
  private let base: UnsafeMutableRawPointer
  private let byteCount: Int
  public let count: Int

  /// - Throws: `OutOfMemory` when the system refuses the mapping.
  public init(count: Int) throws(OutOfMemory) {
    let largePage = 2 << 20
    let wanted = max(count, 1).times(MemoryLayout<Element>.stride)
    byteCount = wanted.plus(largePage - 1) / largePage * largePage
    // Beyond it an address is no longer an address.
    guard wanted < Int.max / 2 else { throw OutOfMemory(bytes: wanted) }
    let mapped = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let mapped, mapped != MAP_FAILED else { throw OutOfMemory(bytes: byteCount) }
    // Advice only: without large pages the step is slower, not wrong.
    if wanted >= largePage { _ = madvise(mapped, byteCount, MADV_HUGEPAGE) }
    base = mapped
    self.count = count
  }

  deinit { munmap(base, byteCount) }

  /// A view of `count` elements from `offset` on.
  public func slice(at offset: Int, count: Int) -> Values<Element> {
    precondition(offset >= 0 && count >= 0 && offset + count <= self.count, "slice outside the storage")
    return Values(base.assumingMemoryBound(to: Element.self) + offset, count: count)
  }

  public var all: Values<Element> { slice(at: 0, count: count) }

  /// Calls `body` with a view of all elements, and keeps the memory until `body` returns. The view must not leave it.
  public func withAll<Result>(_ body: (Values<Element>) throws -> Result) rethrows -> Result {
    try withExtendedLifetime(self) { try body(all) }
  }
}

/// The system has no memory left for a network.
public struct OutOfMemory: Error, CustomStringConvertible {
  public let bytes: Int

  public var description: String {
    "not enough memory: the network needs \(bytes >> 20) MiB more; use fewer channels or stop other programs"
  }
}
