import Glibc
import Images
import Synchronization

/// Memory that several image stores share for decoded images.
public final class MemoryBudget: Sendable {
  private let left: Atomic<Int>

  /// - Parameter bytes: 0 keeps nothing.
  public init(bytes: Int) { left = Atomic(max(bytes, 0)) }

  /// 1 GiB, or a quarter of the machine's memory if that is less.
  public static func standard() -> MemoryBudget {
    let memory = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
    return MemoryBudget(bytes: min(1 << 30, memory / 4))
  }

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
/// What came first stays. Epochs visit every image once, so that throwing out the least recently used would throw out
/// each image just before it is wanted again. Nothing depends on what is kept but time.
final class PlaneCache: Sendable {
  private enum Entry {
    case absent
    /// The three channels are equal: one is kept.
    case gray([UInt8])
    case color(ImagePlanes)

    var byteCount: Int {
      switch self {
      case .absent: 0
      case .gray(let plane): plane.count
      case .color(let planes): planes.bytes.count
      }
    }
  }

  private let entries: Mutex<[Entry]>
  private let budget: MemoryBudget

  init(count: Int, budget: MemoryBudget) {
    entries = Mutex(Array(repeating: .absent, count: count))
    self.budget = budget
  }

  deinit {
    budget.release(entries.withLock { $0.reduce(0) { $0 + $1.byteCount } })
  }

  func planes(at index: Int) -> ImagePlanes? {
    switch entries.withLock({ $0[index] }) {
    case .absent: nil
    case .gray(let plane): ImagePlanes(gray: plane)
    case .color(let planes): planes
    }
  }

  func keep(_ planes: ImagePlanes, at index: Int) {
    let entry: Entry = planes.grayPlane.map { .gray($0) } ?? .color(planes)
    entries.withLock { entries in
      guard case .absent = entries[index], budget.reserve(entry.byteCount) else { return }
      entries[index] = entry
    }
  }
}

extension ImagePlanes {
  fileprivate static var planeSize: Int { side * side }

  fileprivate init(gray plane: [UInt8]) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(3 * Self.planeSize)
    for _ in 0..<3 { bytes += plane }
    self.init(bytes: bytes)
  }

  /// One channel, if all three are equal.
  fileprivate var grayPlane: [UInt8]? {
    let isGray = bytes.withUnsafeBytes { all in
      guard let start = all.baseAddress else { return false }
      return memcmp(start, start + Self.planeSize, 2 * Self.planeSize) == 0
    }
    return isGray ? Array(bytes.prefix(Self.planeSize)) : nil
  }
}
