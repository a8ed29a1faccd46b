import Images
import Synchronization
import Workers

/// Memory that several image stores share for decoded images.
public final class MemoryBudget: Sendable {
  private let left: Atomic<Int>

  /// - Parameter bytes: 0 keeps nothing.
  public init(bytes: Int) { left = Atomic(max(bytes, 0)) }

  /// 512 MiB, or a quarter of the memory that the process may use if that is less: some 8,000 gray images, or 2,600 in
  /// colour. A run with tens of thousands of images then stays below 1 GB in all.
  public static func standard() -> MemoryBudget { MemoryBudget(bytes: min(512 << 20, memoryLimit() / 4)) }

  /// Bytes not yet taken.
  public var bytesLeft: Int { left.load(ordering: .relaxed) }

  func reserve(_ bytes: Int) -> Bool {
    var seen = left.load(ordering: .relaxed)
    while seen >= bytes {
      let (reserved, now) = left.weakCompareExchange(expected: seen, desired: seen - bytes, ordering: .relaxed)
      if reserved { return true }
      seen = now
    }
    return false
  }

  func release(_ bytes: Int) { left.add(bytes, ordering: .relaxed) }
}

/// Decoded images by index, as many as the budget allows.
///
/// The first images stay. An epoch visits every image once, so plain LRU would remove each image just before it is
/// needed again. What is kept changes the time that an epoch takes, never its result.
final class PlaneCache: Sendable {
  private let entries: Mutex<[LoadedImage?]>
  private let budget: MemoryBudget

  init(count: Int, budget: MemoryBudget) {
    entries = Mutex(Array(repeating: nil, count: count))
    self.budget = budget
  }

  deinit {
    budget.release(entries.withLock { $0.reduce(0) { $0 + ($1?.planes.planes.count ?? 0) } })
  }

  func image(at index: Int) -> LoadedImage? { entries.withLock { $0[index] } }

  func keep(_ image: LoadedImage, at index: Int) {
    entries.withLock { entries in
      guard entries[index] == nil, budget.reserve(image.planes.planes.count) else { return }
      entries[index] = image
    }
  }
}
