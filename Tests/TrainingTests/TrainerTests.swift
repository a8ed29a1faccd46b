import Checkpoints
import Configuration
import Datasets
import Networks
import Optimization
import Tensors
import Testing
import Training
import Workers

/// Single steps of the trainer, without a run around them.
@Suite struct TrainerTests {
  private static let shape = Shape(channels: 3, height: 256, width: 256)
  private static let pixels = 3 * 256 * 256

  private static func images(_ count: Int) -> [[UInt8]] {
    let random = CounterRandom(seed: 7, stream: 1)
    return (0..<count).map { image in
      (0..<pixels).map { UInt8(truncatingIfNeeded: random.word(at: UInt64(image * pixels + $0))) }
    }
  }

  private static func trainer(
    _ layers: [any Layer], loss: any Loss, rate: Double = 0.5, batchSize: Int = 3
  ) throws -> Trainer {
    try Trainer(
      NetworkPlan(Network(layers), judgedBy: loss, input: shape), optimizer: SGD(learningRate: rate), statistics: .none,
      batchSize: batchSize, seed: 3, loss: loss, team: Team(threads: 2))
  }

  private func values(_ trainer: Trainer, _ name: String) throws -> [Double] {
    try #require(trainer.modelTensors.first { $0.name == name }).values.map { Double($0) }
  }

  /// The mean of 255 rows of the left or right half of a channel, between 0 and 1.
  private static func mean(of image: [UInt8], channel: Int, half: Int) -> Double {
    var sum = 0
    for row in 0..<255 {
      for column in 128 * half..<128 * (half + 1) { sum += Int(image[(channel * 256 + row) * 256 + column]) }
    }
    return Double(sum) / (255 * 128 * 255)
  }

  /// Behind `flatten` the last tensor keeps the axes of the image: outputs are its values in order, not its channels. A step
  /// by hand of z_j = b + sum over c of w_c x_cj, where x_cj is the mean of half an image.
  @Test func outputsBehindAFlattenAreReadInOrder() throws {
    let loss = SoftmaxCrossEntropy()
    let halves = Pair(height: 255, width: 128)
    let trainer = try Self.trainer(
      [AvgPool2d(kernel: halves), Conv2d(channels: 1, kernel: Pair(1)), Flatten()], loss: loss)
    trainer.initialize()
    let images = Self.images(3)
    let targets: [Float] = [0, 1, 1]
    let (weights, bias) = (try values(trainer, "1.weight"), try values(trainer, "1.bias")[0])
    let means: [[[Double]]] = images.map { image in
      (0..<2).map { half in (0..<3).map { Self.mean(of: image, channel: $0, half: half) } }
    }
    let outputs: [[Double]] = means.map { halves in
      halves.map { x in
        var sum = bias
        for (weight, value) in zip(weights, x) { sum += weight * value }
        return sum
      }
    }
    for (found, expected) in zip(trainer.outputs(images: images), outputs) {
      #expect(found.count == 2 && zip(found, expected).allSatisfy { abs($0 - $1) < 1e-5 })
    }
    let tally = try trainer.step(images: images, targets: targets, weights: [1, 1, 1], rate: 0.5, step: 0)
    var (gradient, biasGradient, total) = ([0.0, 0.0, 0.0], 0.0, 0.0)
    for (image, target) in targets.enumerated() {
      let value = loss.evaluate(outputs: outputs[image], target: Double(target))
      total += value.loss
      for (half, slope) in value.gradients.enumerated() {
        for channel in 0..<3 { gradient[channel] += slope / 3 * means[image][half][channel] }
        biasGradient += slope / 3
      }
    }
    #expect(abs(tally.meanLoss - total / 3) < 1e-5)
    for (channel, value) in try values(trainer, "1.weight").enumerated() {
      let expected: Double = weights[channel] - 0.5 * gradient[channel]
      #expect(abs(value - expected) < 1e-6)
    }
    let moved: Double = try values(trainer, "1.bias")[0]
    let expected: Double = bias - 0.5 * biasGradient
    #expect(abs(moved - expected) < 1e-6)
  }

  /// Weights whose forward products are of order one, and whose backward products no single precision holds.
  private static let steep: [any Layer] = [
    AvgPool2d(kernel: Pair(256)), link, link, link, link, Flatten(),
  ]
  private static let link = Conv2d(channels: 1, kernel: Pair(1), hasBias: false)

  @Test func aGradientThatIsNotFiniteIsADivergence() throws {
    let trainer = try Self.trainer(Self.steep, loss: BinaryCrossEntropy())
    let values: [Float] = [1e-20 * 1e-20, 1e20, 1e20, 1]
    let tensors = values.enumerated().map { number, value in
      NamedTensor(
        name: "\(number + 1).weight", shape: [1, number == 0 ? 3 : 1, 1, 1],
        values: [Float](repeating: value, count: number == 0 ? 3 : 1))
    }
    // The way back from layer 3 to layer 1 meets 1e20 * 1e20.
    try trainer.restore(model: tensors)
    let error = #expect(throws: Divergence.self) {
      try trainer.step(images: Self.images(1), targets: [0], weights: [1], rate: 1e-30, step: 0)
    }
    guard case .gradient = error?.place else {
      Issue.record("\(String(describing: error)) is not about a gradient")
      return
    }
    #expect(trainer.modelTensors.first { $0.name == "1.weight" }?.values == tensors[0].values)
  }

  /// The last step of a run is looked at too: nothing would find its numbers later.
  @Test func aStepThatIsNotFiniteIsADivergence() throws {
    for rate in [Double.nan, .infinity, 1e300] {
      let trainer = try Self.trainer([Flatten(), Linear(outputs: 1)], loss: BinaryCrossEntropy())
      trainer.initialize()
      let error = #expect(throws: Divergence.self) {
        try trainer.step(images: Self.images(1), targets: [0], weights: [1], rate: rate, step: 0)
      }
      #expect(error?.layer == 1 && error?.description.contains("the step") == true)
    }
  }

  /// A predictor with the trainer's tensors says what the trainer says.
  @Test func aPredictorSaysTheSame() throws {
    let layers: [any Layer] = [
      Conv2d(channels: 2, kernel: Pair(9), stride: Pair(9)), BatchNorm(), Relu(), GlobalAvgPool(), Linear(outputs: 3),
    ]
    let loss = SoftmaxCrossEntropy()
    let trainer = try Self.trainer(layers, loss: loss, batchSize: 19)
    trainer.initialize()
    let images = Self.images(19)
    _ = try trainer.step(
      images: images, targets: images.indices.map { Float($0 % 3) }, weights: images.map { _ in 1 }, rate: 0.1, step: 0)
    let predictor = try Predictor(
      trainer.plan, loss: loss, statistics: .none, classes: ["a", "b", "c"], model: trainer.modelTensors,
      team: Team(threads: 1))
    // Sixteen in a pack, three one by one.
    #expect(predictor.outputs(images: images) == trainer.outputs(images: images))
    #expect(throws: TrainingError.self) {
      try Predictor(
        trainer.plan, loss: loss, statistics: .none, classes: [], model: Array(trainer.modelTensors.dropLast()),
        team: Team(threads: 1))
    }
  }
}

@Suite struct GradientClipTests {
  /// Every value counts, wherever it lies: alone it is the norm.
  @Test(arguments: [1, 2, 15, 16, 17, 40]) func everyValueCounts(count: Int) throws {
    let storage = try Storage<Float>(count: count)
    storage.withAll { gradient in
      for place in 0..<count {
        gradient.fill(0)
        gradient[place] = -8
        Gradient.clip(gradient, to: 2)
        #expect(abs(gradient[place] + 2) < 1e-6, "value \(place) of \(count)")
      }
    }
  }

  @Test func theNormIsThatOfAllValues() throws {
    let storage = try Storage<Float>(count: 4)
    storage.withAll { gradient in
      gradient.copy(from: [1, -2, 2, 4])
      Gradient.clip(gradient, to: 1)
      #expect(zip(gradient.array(), [0.2, -0.4, 0.4, 0.8]).allSatisfy { abs($0 - $1) < 1e-6 })
      gradient.copy(from: [1, -2, 2, 4])
      Gradient.clip(gradient, to: 5.1)
      #expect(gradient.array() == [1, -2, 2, 4])
    }
  }
}
