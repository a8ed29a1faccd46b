import Datasets
import Foundation
import Images
import Synchronization
import Testing

@Suite struct BatchPipelineTests {
  static let augmentation = Augmentation(
    flip: .both, rotate: .quarter, shift: 9, brightness: 0.2, contrast: 0.2)

  static func schedule(_ count: Int, batchSize: Int = 4, epochs: Int = 2) -> BatchSchedule {
    BatchSchedule(
      count: count, batchSize: batchSize, epochs: epochs, order: .shuffled(seed: 9, augmentation: augmentation))
  }

  @Test func handsOverWhatTheScheduleSays() throws {
    let gallery = try Gallery(count: 10)
    let pipeline = BatchPipeline(
      gallery.store(), schedule: Self.schedule(10), ledger: gallery.ledger(), threads: 2)
    for epoch in 0..<2 {
      let order = epochOrder(count: 10, seed: 9, epoch: epoch)
      for batch in 0..<3 {
        let found = try #require(try pipeline.next())
        #expect(found.position == BatchPosition(epoch: epoch, batch: batch))
        #expect(found.examples == Array(order[batch * 4..<min(batch * 4 + 4, 10)]))
        #expect(found.targets == found.examples.map { Float($0) / 2 })
        #expect(found.weights == found.examples.map { Float($0) + 1 })
        for (index, image) in zip(found.examples, found.images) {
          let view = Self.augmentation.view(seed: 9, epoch: epoch, index: index)
          #expect(image == view.applied(to: Gallery.draw(index)))
        }
        #expect(found.skipped.isEmpty)
      }
    }
    #expect(try pipeline.next() == nil)
    #expect(try pipeline.next() == nil)
  }

  /// Threads that take turns at random, a full and an empty cache, a narrow and a wide buffer.
  @Test(arguments: [(0, 1), (1, 3), (2, 1), (2, 3), (5, 1), (5, 3)])
  func givesTheSameBitsWhateverTheTiming(threads: Int, depth: Int) throws {
    let gallery = try Gallery(count: 9, bad: [4])
    let expected = try BatchPipeline(
      gallery.store(), schedule: Self.schedule(9), ledger: gallery.ledger(), threads: 0
    ).records()
    let roomForSix = MemoryBudget(bytes: 6 * 65536)
    let store = gallery.store(budget: roomForSix) { index in
      for _ in 0..<(index * 7919 % 50) { sched_yield() }
    }
    let found = try BatchPipeline(
      store, schedule: Self.schedule(9), ledger: gallery.ledger(), depth: depth, threads: threads
    ).records()
    #expect(found == expected)
    #expect(roomForSix.bytesLeft < 65536)
  }

  @Test(arguments: [1, 3, 5])
  func startsAnywhere(start: Int) throws {
    let gallery = try Gallery(count: 9)
    let schedule = Self.schedule(9)
    let whole = try BatchPipeline(gallery.store(), schedule: schedule, ledger: gallery.ledger(), threads: 2).records()
    #expect(whole.count == 6)
    let rest = try BatchPipeline(
      gallery.store(), schedule: schedule, from: schedule.position(of: start), ledger: gallery.ledger(), threads: 2
    ).records()
    #expect(rest == Array(whole[start...]))
  }

  /// The first image of the first batch is the last to be decoded.
  @Test func waitsForTheSlowestOfABatch() throws {
    let gallery = try Gallery(count: 8)
    let others = DispatchSemaphore(value: 0)
    let store = gallery.store { index in
      if index == 0 { for _ in 0..<7 { others.wait() } } else { others.signal() }
    }
    let pipeline = BatchPipeline(
      store, schedule: .once(count: 8, batchSize: 4), ledger: gallery.ledger(), depth: 2, threads: 2)
    #expect(try pipeline.next()?.examples == [0, 1, 2, 3])
    #expect(try pipeline.next()?.examples == [4, 5, 6, 7])
  }

  /// `begun` is raised before each call, so that no decoder may ever be further than (begun + depth) batches.
  @Test func neverRunsFurtherAheadThanItsDepth() throws {
    let gallery = try Gallery(count: 40)
    let begun = Counter()
    let furthest = Counter()
    let store = gallery.store { index in
      furthest.raise(to: index / 4 - begun.value)
    }
    let pipeline = BatchPipeline(
      store, schedule: .once(count: 40, batchSize: 4), ledger: gallery.ledger(), depth: 3, threads: 5)
    #expect(eventually { gallery.loadCount == 12 }, "the buffer fills without being asked")
    for _ in 0..<10 {
      begun.raise(to: begun.value + 1)
      _ = try pipeline.next()
    }
    #expect(furthest.value <= 2)
    #expect(gallery.loadCount == 40)
  }

  /// Gallery images are gray, one plane each, and two of three: a batch of four may take twelve planes.
  @Test(arguments: [0, 1, 3])
  func aBatchThatExceedsTheBudgetIsDecodedAlone(threads: Int) throws {
    let gallery = try Gallery(count: 20)
    let pipeline = BatchPipeline(
      gallery.store(), schedule: .once(count: 20, batchSize: 4), ledger: gallery.ledger(), depth: 5,
      budget: ImagePlanes.planeSize, threads: threads)
    if threads > 0 { #expect(eventually { gallery.loadCount == 4 }) }
    for batch in 0..<5 {
      let indices = try pipeline.next()?.examples
      #expect(indices == Array(4 * batch..<4 * batch + 4))
      #expect(gallery.loadCount == 4 * batch + 4, "no image is begun while training has the batch")
    }
    #expect(try pipeline.next() == nil)
  }

  /// Each image takes a millisecond to load, and training takes its time too: whoever waits, it is measured, and nothing is
  /// counted twice.
  @Test func measuresWhoWaitsForWhom() throws {
    let gallery = try Gallery(count: 12)
    let slow = BatchPipeline(
      gallery.store { _ in usleep(1000) }, schedule: Self.schedule(12), ledger: gallery.ledger(), threads: 1)
    #expect(slow.times.waiting == 0)
    while try slow.next() != nil {}
    #expect(slow.times.busy > 0.024 && slow.times.changing > 0 && slow.times.waiting > 0)
    #expect(slow.times.changing < slow.times.busy)
    let idle = BatchPipeline(
      gallery.store(), schedule: Self.schedule(12), ledger: gallery.ledger(), depth: 1, threads: 1)
    while try idle.next() != nil { usleep(20_000) }
    // How long the decoder had nothing to do depends on how fast it is.
    #expect(idle.times.idle > 0)
    #expect(idle.times.idleShare > 0 && idle.times.idleShare <= 1)
  }

  @Test func endsInTheMiddleWithoutAThreadLeft() throws {
    let gallery = try Gallery(count: 40)
    let pipeline = BatchPipeline(
      gallery.store(), schedule: Self.schedule(40), ledger: gallery.ledger(), threads: 3)
    #expect(pipeline.decoders == 3)
    _ = try pipeline.next()
    pipeline.cancel()
    #expect(pipeline.decoders == 0)
    #expect(try pipeline.next() == nil)
    pipeline.cancel()
  }

  /// The decoders stand before a closed door: the taker can only come back because of the cancelling, which in turn waits
  /// for them.
  @Test func letsGoOfATakerThatWaits() throws {
    let gallery = try Gallery(count: 8)
    let door = DispatchSemaphore(value: 0)
    let pipeline = BatchPipeline(
      gallery.store { _ in door.wait() }, schedule: Self.schedule(8), ledger: gallery.ledger(), threads: 2)
    let takerEnded = DispatchSemaphore(value: 0)
    let cancellerEnded = DispatchSemaphore(value: 0)
    Thread {
      if let batch = try? pipeline.next() { Issue.record("a batch of \(batch.examples) after cancelling") }
      takerEnded.signal()
    }.start()
    #expect(eventually { gallery.loadCount == 2 }, "both decoders are at the door")
    Thread {
      pipeline.cancel()
      cancellerEnded.signal()
    }.start()
    #expect(takerEnded.wait(timeout: .now() + 10) == .success)
    #expect(pipeline.decoders == 2)
    for _ in 0..<2 { door.signal() }
    #expect(cancellerEnded.wait(timeout: .now() + 10) == .success)
    #expect(gallery.loadCount == 2, "no image is begun after cancelling")
  }

  @Test func leavesNothingBehindWhenItIsDropped() throws {
    weak var dropped: ImageStore?
    let gallery = try Gallery(count: 40)
    do {
      let store = gallery.store()
      dropped = store
      let pipeline = BatchPipeline(store, schedule: Self.schedule(40), ledger: gallery.ledger(), threads: 3)
      _ = try pipeline.next()
    }
    #expect(eventually { dropped == nil }, "a decoder still holds the store")
  }
}

final class Counter: Sendable {
  private let count = Atomic<Int>(0)
  var value: Int { count.load(ordering: .sequentiallyConsistent) }
  func raise(to value: Int) { count.max(value, ordering: .sequentiallyConsistent) }
}
