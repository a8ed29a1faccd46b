import Datasets
import Images
import Testing

@Suite struct MixtureTests {
  static let augmentation = Augmentation(
    flip: .both, rotate: .quarter, shift: 9, contrast: 0.2, angle: 20, scale: 0.2, noise: 0.02,
    erase: Erasing(probability: 0.5), mixup: 1)

  static func schedule(_ count: Int, batchSize: Int = 4, epochs: Int = 2) -> BatchSchedule {
    BatchSchedule(
      count: count, batchSize: batchSize, epochs: epochs, order: .shuffled(seed: 9, augmentation: augmentation))
  }

  private static func shown(_ index: Int, _ epoch: Int) -> ImagePlanes {
    augmentation.view(seed: 9, epoch: epoch, index: index).applied(to: Gallery.draw(index))
  }

  /// Each image with the next of its batch, both as they are shown, and the last with the first.
  @Test func mixesEachImageWithTheNextOfItsBatch() throws {
    let gallery = try Gallery(count: 10)
    let pipeline = BatchPipeline(gallery.store(), schedule: Self.schedule(10), ledger: gallery.ledger(), threads: 2)
    while let batch = try pipeline.next() {
      let epoch = batch.position.epoch
      #expect(batch.mixtures.count == batch.images.count)
      for place in batch.examples.indices {
        let (index, next) = (batch.examples[place], batch.examples[(place + 1) % batch.examples.count])
        let share = Self.augmentation.view(seed: 9, epoch: epoch, index: index).share
        #expect(
          batch.mixtures[place]
            == Mixture(share: share, example: next, target: Float(next) / 2, weight: Float(next) + 1))
        #expect(
          batch.images[place] == Self.shown(index, epoch).mixed(with: Self.shown(next, epoch), share: share))
        #expect(batch.targets[place] == Float(index) / 2)
      }
    }
  }

  /// Whether the bad image is found in this batch, in one before, or was known from the start.
  @Test(arguments: [[], [4]])
  func leavesAnImageAsItIsWhoseOtherIsBad(known: [Int]) throws {
    let gallery = try Gallery(count: 10, bad: [4])
    let bad = known.map { SkippedImage(index: $0, name: "\($0)", reason: "bad") }
    let ledger = SkipLedger(total: 10, maximumShare: 1, known: bad)
    let pipeline = BatchPipeline(gallery.store(), schedule: Self.schedule(10), ledger: ledger, threads: 1)
    var unmixed: [[Int]] = [[], []]
    while let batch = try pipeline.next() {
      for (place, mixture) in batch.mixtures.enumerated() where mixture == nil {
        unmixed[batch.position.epoch].append(batch.examples[place])
        #expect(batch.images[place] == Self.shown(batch.examples[place], batch.position.epoch))
      }
    }
    for epoch in 0..<2 {
      let order = epochOrder(count: 10, seed: 9, epoch: epoch)
      let place = try #require(order.firstIndex(of: 4))
      let batch = place / 4 * 4..<min(place / 4 * 4 + 4, 10)
      #expect(unmixed[epoch] == [order[place == batch.lowerBound ? batch.upperBound - 1 : place - 1]])
    }
  }

  @Test func anImageAloneIsNotMixed() throws {
    let gallery = try Gallery(count: 5)
    let batches = BatchPipeline(gallery.store(), schedule: Self.schedule(5), ledger: gallery.ledger(), threads: 0)
    _ = try batches.next()
    let last = try #require(try batches.next())
    #expect(last.mixtures == [nil])
    #expect(last.images == [Self.shown(last.examples[0], 0)])
  }

  @Test func mixesNothingUnlessAsked() throws {
    let gallery = try Gallery(count: 5)
    let plain = BatchPipeline(
      gallery.store(), schedule: BatchPipelineTests.schedule(5), ledger: gallery.ledger(), threads: 0)
    while let batch = try plain.next() { #expect(batch.mixtures == batch.images.map { _ in nil }) }
  }

  @Test(arguments: [(1, 1), (2, 3), (8, 2)])
  func givesTheSameBitsWhateverTheTiming(threads: Int, depth: Int) throws {
    let gallery = try Gallery(count: 9, bad: [4])
    let expected = try BatchPipeline(
      gallery.store(), schedule: Self.schedule(9), ledger: gallery.ledger(), threads: 0
    ).records()
    let found = try BatchPipeline(
      gallery.store(), schedule: Self.schedule(9), ledger: gallery.ledger(), depth: depth, threads: threads
    ).records()
    #expect(found == expected)
    let rest = try BatchPipeline(
      gallery.store(), schedule: Self.schedule(9), from: BatchPosition(epoch: 1, batch: 1), ledger: gallery.ledger(),
      threads: threads
    ).records()
    #expect(rest == Array(expected[4...]))
  }
}
