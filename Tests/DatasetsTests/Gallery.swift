import Datasets
import DurableFiles
import Foundation
import Images
import Synchronization
import TemporaryFolder
import Workers

/// Images that are drawn instead of decoded: image i of `count` has pixels of its own, every third is coloured.
final class Gallery: Sendable {
  let examples: [Example]
  private let folder: TemporaryFolder
  private let loads = Atomic<Int>(0)
  private let bad: Set<Int>
  private let badLoads: Atomic<Int>

  /// - Parameters:
  ///   - bad: images that cannot be loaded,
  ///   - badLoads: so many times; they are whole afterwards.
  init(count: Int, bad: Set<Int> = [], badLoads: Int = .max) throws {
    let folder = try TemporaryFolder()
    for index in 0..<count { try folder.touch("\(index)") }
    self.folder = folder
    self.bad = bad
    self.badLoads = Atomic(badLoads)
    examples = (0..<count).map {
      Example(folder: folder.path, name: "\($0)", target: Float($0) / 2, weight: Float($0) + 1)
    }
  }

  /// How many images were asked for.
  var loadCount: Int { loads.load(ordering: .sequentiallyConsistent) }

  /// - Parameter before: runs before each image is drawn, with its index, on the decoder's thread.
  func store(
    cache: ImageCache? = nil, budget: MemoryBudget = MemoryBudget(bytes: 0), heartbeat: Heartbeat = Heartbeat(),
    before: @escaping @Sendable (Int) -> Void = { _ in }
  ) -> ImageStore {
    ImageStore(examples, cache: cache, budget: budget, heartbeat: heartbeat) { [self] path throws(ImageError) in
      let index = Int((path as NSString).lastPathComponent) ?? 0
      loads.add(1, ordering: .sequentiallyConsistent)
      before(index)
      let isBad = bad.contains(index) && badLoads.subtract(1, ordering: .sequentiallyConsistent).oldValue > 0
      return isBad ? try loadPlanes(path: "/nowhere") : LoadedImage(Self.draw(index))
    }
  }

  static func draw(_ index: Int) -> ImagePlanes {
    let size = ImagePlanes.side * ImagePlanes.side
    var bytes = [UInt8](repeating: UInt8(index), count: 3 * size)
    for channel in 0..<3 {
      for place in 0..<20 {
        bytes[channel * size + place * 7] = UInt8(truncatingIfNeeded: place + index + (index % 3 == 0 ? channel : 0))
      }
    }
    return ImagePlanes(planes: bytes)
  }

  func ledger(share: Double = 1) -> SkipLedger { SkipLedger(total: examples.count, maximumShare: share) }
}

/// A batch in a form that can be compared: pixels as their checksum.
struct BatchRecord: Equatable {
  var position: BatchPosition
  var examples: [Int]
  var pixels: [Checksum]
  var targets: [Float]
  var weights: [Float]

  init(_ batch: Batch) {
    position = batch.position
    examples = batch.examples
    pixels = batch.images.map { Checksum($0.bytes) }
    targets = batch.targets
    weights = batch.weights
  }
}

extension BatchPipeline {
  func records() throws -> [BatchRecord] {
    var records: [BatchRecord] = []
    while let batch = try next() { records.append(BatchRecord(batch)) }
    return records
  }
}

/// Waits for an event that must come; false after ten seconds without it.
func eventually(_ hasCome: () -> Bool) -> Bool {
  let deadline = Date(timeIntervalSinceNow: 10)
  while !hasCome() {
    guard Date() < deadline else { return false }
    sched_yield()
  }
  return true
}
