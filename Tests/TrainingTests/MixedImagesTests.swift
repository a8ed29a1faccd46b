import Configuration
import Datasets
import DurableFiles
import Networks
import Optimization
import Tensors
import Testing
import Training
import Workers

/// Images that are laid over each other, in a step and in a run.
@Suite struct MixedImagesTests {
  private static let images = (0..<2).map { [UInt8](repeating: UInt8(90 + 60 * $0), count: 65_536) }

  /// The loss of one step from the same weights, and the weights after it.
  private func step(
    _ loss: any Loss, outputs: Int, targets: [Float], weights: [Float], mixtures: [Mixture?] = []
  ) throws -> (loss: Double, weights: [Float]) {
    let layers: [any Layer] = [AvgPool2d(kernel: Pair(64)), Flatten(), Linear(outputs: outputs)]
    let trainer = try Trainer(
      NetworkPlan(Network(layers), judgedBy: loss, input: Shape(channels: 3, height: 256, width: 256)),
      optimizer: SGD(learningRate: 0.1), statistics: .none, batchSize: 2, seed: 3, loss: loss, team: Team(threads: 1))
    trainer.initialize()
    let tally = try trainer.step(
      images: Self.images, targets: targets, weights: weights, mixtures: mixtures, rate: 0.1, step: 0)
    return (tally.loss, try #require(trainer.modelTensors.first { $0.name == "2.weight" }).values)
  }

  /// As mixup's authors have it: share * loss(own target) + (1 - share) * loss(other target), for every loss, with the
  /// weights of both images; and the step is the same mean of the two steps, since all begin at the same weights.
  @Test(arguments: [
    ("binaryCrossEntropy", 1, [Float(0), 1], [Float(1), 0]), ("softmaxCrossEntropy", 3, [0, 2], [2, 1]),
    ("meanSquaredError", 1, [0.25, 1], [1, 0.5]), ("meanSquaredError", 4, [3, 0], [0, 2]),
  ])
  func theLossIsThatOfBothTargets(name: String, outputs: Int, own: [Float], others: [Float]) throws {
    let losses: [String: any Loss] = [
      "binaryCrossEntropy": BinaryCrossEntropy(positiveWeight: 2), "meanSquaredError": MeanSquaredError(),
      "softmaxCrossEntropy": SoftmaxCrossEntropy(labelSmoothing: 0.1),
    ]
    let loss = try #require(losses[name])
    let share = 0.625
    let mixed = try step(
      loss, outputs: outputs, targets: own, weights: [1, 2],
      mixtures: (0..<2).map { Mixture(share: share, example: 1 - $0, target: others[$0], weight: Float(3 - $0)) })
    let first = try step(loss, outputs: outputs, targets: own, weights: [1, 2])
    let second = try step(loss, outputs: outputs, targets: others, weights: [3, 2])
    let expected: Double = share * first.loss + (1 - share) * second.loss
    #expect(abs(mixed.loss - expected) < 1e-6 * expected)
    for (index, weight) in mixed.weights.enumerated() {
      let expected = Float(share) * first.weights[index] + Float(1 - share) * second.weights[index]
      #expect(abs(weight - expected) < 1e-6)
    }
  }

  @Test func imagesThatAreNotMixedGiveTheSameBytesAsWithoutAMention() throws {
    let targets: [Float] = [0, 1]
    let plain = try step(BinaryCrossEntropy(), outputs: 1, targets: targets, weights: [1, 2])
    let named = try step(BinaryCrossEntropy(), outputs: 1, targets: targets, weights: [1, 2], mixtures: [nil, nil])
    #expect(plain.loss == named.loss && plain.weights == named.weights)
  }

  static let augmentation = Augmentation(
    flip: .both, rotate: .quarter, shift: 5, brightness: 0.1, contrast: 0.1, angle: 12, scale: 0.2, noise: 0.03,
    erase: Erasing(probability: 0.5, area: 0.2), mixup: 0.4)

  private func job(_ studio: Studio, threads: Int, cache: ImageCache? = nil) -> TrainingJob {
    var job = studio.job(threads: threads, cache: cache)
    job.data.augment = Self.augmentation
    return job
  }

  /// At 1, 2 and 8 threads, without a cache, with an empty and a full one, and with an interruption.
  @Test func sameBytesHoweverTheyAreDecoded() throws {
    let studio = try Studio()
    try studio.train(job(studio, threads: 1), in: "one")
    let cache = ImageCache(studio.folder("cache"), limit: 1 << 24, rest: 0)
    for (run, threads, cache) in [("two", 2, nil), ("eight", 8, nil), ("cold", 2, cache), ("warm", 8, cache)] {
      try studio.train(job(studio, threads: threads, cache: cache), in: run)
      #expect(try studio.result(of: run) == studio.result(of: "one"), "\(run)")
      #expect(try studio.rows(of: run).map(\.withoutClock) == studio.rows(of: "one").map(\.withoutClock), "\(run)")
    }
    try studio.train(job(studio, threads: 2), in: "stopped", stoppingAfter: 3)
    try studio.train(job(studio, threads: 1), in: "stopped")
    #expect(try studio.result(of: "stopped") == studio.result(of: "one"))
  }

  /// Every kind of change reaches the weights.
  @Test(arguments: [
    Augmentation(angle: 12), Augmentation(scale: 0.2), Augmentation(noise: 0.03),
    Augmentation(erase: Erasing(probability: 0.5)), Augmentation(mixup: 0.4),
  ])
  func eachChangeIsSeen(augmentation: Augmentation) throws {
    let studio = try Studio()
    func result(_ augmentation: Augmentation, in run: String) throws -> [UInt8] {
      var job = studio.job()
      job.data.augment = augmentation
      try studio.train(job, in: run)
      return try studio.result(of: run)[0]
    }
    #expect(try result(augmentation, in: "changed") != result(Augmentation(), in: "plain"))
  }
}
