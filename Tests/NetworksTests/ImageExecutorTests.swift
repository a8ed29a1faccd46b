import Configuration
import Kernels
import Networks
import Tensors
import Testing
import Workers

/// Trained-looking networks, with what a single image, a pack for inference and a pack that trains say to the same images.
private struct Trio {
  let plan: NetworkPlan
  let training: Executor<Float>
  let inference: Executor<Float>
  let alone: ImageExecutor
  static let scales = PixelScale(mean: 0.45, deviation: 0.23)

  init(
    _ network: Network, input: Shape, threads: Int = 2, convolution: ConvolutionChoice = .automatic
  ) throws {
    plan = try NetworkPlan(network, input: input, convolution: convolution)
    let team = Team(threads: threads)
    training = try Executor(plan, team: team)
    inference = try Executor(plan, team: team, purpose: .inference)
    alone = try ImageExecutor(beside: inference)
    for executor in [training, inference] {
      executor.initialize(seed: 11)
      Self.disturb(executor)
      executor.prepare()
    }
    alone.prepare()
  }

  /// First values are too even: constants all get a part that is drawn by chance.
  private static func disturb(_ executor: Executor<Float>) {
    let random = CounterRandom(seed: 3, stream: 9)
    for (number, slot) in executor.plan.parameters.enumerated() {
      let values = executor.values(of: slot)
      for place in 0..<slot.count where slot.kind != .weight {
        values[place] += Float(random.uniform(at: UInt64(1000 * number + place))) - 0.6
      }
    }
    for (number, slot) in executor.plan.statistics.enumerated() {
      let values = executor.statistic(of: slot)
      for place in 0..<slot.count { values[place] += Float(random.uniform(at: UInt64(77_000 * number + place))) * 0.4 }
    }
  }

  func images(_ count: Int) -> [[UInt8]] {
    let random = CounterRandom(seed: 5, stream: 2)
    return (0..<count).map { image in
      (0..<plan.input.count).map { UInt8(truncatingIfNeeded: random.word(at: UInt64(image * plan.input.count + $0))) }
    }
  }

  private var scales: [PixelScale] { [PixelScale](repeating: Self.scales, count: plan.input.channels) }

  /// One list of bit patterns for each image.
  func bits(_ executor: Executor<Float>, _ images: [[UInt8]]) -> [[UInt32]] {
    executor.load(images, scales: scales)
    executor.forward()
    let outputs = executor.outputs
    return images.indices.map { lane in (0..<outputs.count).map { outputs[value: $0][lane].bitPattern } }
  }

  func bitsAlone(_ image: [UInt8]) -> [UInt32] {
    alone.load(image, scales: scales)
    alone.forward()
    return alone.outputs.map(\.bitPattern)
  }
}

/// A prediction does not depend on who stands beside an image, nor on what is fused into what.
@Suite struct ImageExecutorTests {
  private func expectSameBits(
    _ layers: [any Layer], input: Shape, threads: [Int] = [1, 3], convolution: ConvolutionChoice = .automatic,
    images count: Int = 3, _ comment: Comment
  ) throws {
    try expectSameBits(
      Network(layers), input: input, threads: threads, convolution: convolution, images: count, comment)
  }

  private func expectSameBits(
    _ network: Network, input: Shape, threads: [Int], convolution: ConvolutionChoice = .automatic, images count: Int,
    _ comment: Comment
  ) throws {
    for threads in threads {
      let trio = try Trio(network, input: input, threads: threads, convolution: convolution)
      let images = trio.images(count)
      let expected = trio.bits(trio.training, images)
      #expect(expected.allSatisfy { Set($0).count > 1 || $0.count == 1 }, comment)
      #expect(trio.bits(trio.inference, images) == expected, comment)
      #expect(images.map(trio.bitsAlone) == expected, comment)
      // Nothing is left over from the images before.
      #expect(trio.bitsAlone(images[0]) == expected[0], comment)
    }
  }

  /// Everything that may stand behind a convolution, in every order.
  static let tops: [[any Layer]] = {
    let pool = MaxPool2d(kernel: Pair(2))
    return [
      [], [Relu()], [pool], [Relu(), pool], [pool, Relu()], [BatchNorm()], [BatchNorm(), Relu()],
      [pool, BatchNorm(), Relu()], [BatchNorm(), Relu(), pool], [Relu(), pool, BatchNorm()],
      [BatchNorm(), pool, Relu(), BatchNorm()], [pool, pool, Relu(), Relu()], [Relu(), BatchNorm(), Relu()],
      [LeakyRelu(), pool], [MaxPool2d(kernel: Pair(3), stride: Pair(2)), BatchNorm()], [Dropout(rate: 0.5), Relu()],
    ]
  }()

  @Test(arguments: tops.indices, [ConvolutionChoice.direct, .fourier])
  func everythingBehindAConvolution(top: Int, convolution: ConvolutionChoice) throws {
    for kernel in [3, 4, 5] {
      let layers: [any Layer] =
        [Conv2d(channels: 19, kernel: Pair(kernel), padding: Pair(1))] + Self.tops[top]
        + [Conv2d(channels: 5, kernel: Pair(3), padding: Pair(1)), Tanh()]
      try expectSameBits(
        layers, input: Shape(channels: 3, height: 29, width: 35), convolution: convolution,
        "kernel \(kernel), top \(top)")
    }
  }

  /// Kernels, strides, paddings and sizes by chance, channels around and beyond a vector.
  @Test(arguments: 0..<40) func anyConvolution(seed: Int) throws {
    let random = CounterRandom(seed: UInt64(seed), stream: 4)
    func pick(_ range: ClosedRange<Int>, _ place: UInt64) -> Int {
      range.lowerBound + random.index(below: range.count, at: place)
    }
    let kernel = Pair(height: pick(1...9, 0), width: pick(1...9, 1))
    let stride = Pair(height: pick(1...3, 2), width: pick(1...3, 3))
    let padding = Pair(height: pick(0...4, 4), width: pick(0...4, 5))
    let input = Shape(channels: pick(1...5, 6), height: pick(9...70, 7), width: pick(9...70, 8))
    let first = Conv2d(
      channels: [1, 7, 16, 17, 33, 50][pick(0...5, 9)], kernel: kernel, stride: stride, padding: padding,
      hasBias: seed.isMultiple(of: 2))
    for convolution in [ConvolutionChoice.direct, .fourier] {
      try expectSameBits(
        [first, Relu(), Conv2d(channels: 4, kernel: Pair(2), padding: Pair(1))], input: input, threads: [2],
        convolution: convolution, images: 2, "\(input) \(first)")
    }
  }

  static let catalogue: [(String, [any Layer])] = [
    ("average pooling", [AvgPool2d(kernel: Pair(height: 3, width: 2), stride: Pair(height: 2, width: 1)), Tanh()]),
    ("max pooling", [MaxPool2d(kernel: Pair(height: 1, width: 4), stride: Pair(height: 1, width: 3)), Sigmoid()]),
    ("pooling by 2", [AvgPool2d(kernel: Pair(2)), LeakyRelu(slope: 0.1), MaxPool2d(kernel: Pair(2))]),
    ("global", [Conv2d(channels: 21, kernel: Pair(3)), GlobalAvgPool(), BatchNorm(), Relu(), Linear(outputs: 6)]),
    (
      "sequence",
      [
        Rows(), Conv1d(channels: 12, kernel: 5, padding: 2), Relu(), MaxPool1d(kernel: 3, stride: 2),
        Conv1d(channels: 7, kernel: 3, stride: 2), Tanh(), AvgPool1d(kernel: 2), GlobalAvgPool(),
      ]
    ),
    ("flat", [Conv2d(channels: 4, kernel: Pair(3)), Flatten(), BatchNorm(), Relu(), Linear(outputs: 3)]),
    ("lists", [Flatten(), Linear(outputs: 37), BatchNorm(), Sigmoid(), Linear(outputs: 10, hasBias: false)]),
    ("input", [BatchNorm(), Sigmoid(), Conv2d(channels: 2, kernel: Pair(3), padding: Pair(2)), Dropout(rate: 0.1)]),
    ("padding", [Sigmoid(), Conv2d(channels: 3, kernel: Pair(5), padding: Pair(2)), Flatten()]),
  ]

  @Test(arguments: catalogue.indices, [1, 2, 3, 8]) func everyLayer(number: Int, threads: Int) throws {
    for width in [21, 48, 65] {
      try expectSameBits(
        Self.catalogue[number].1, input: Shape(channels: 2, height: 23, width: width), threads: [threads],
        "\(Self.catalogue[number].0), width \(width)")
    }
  }

  /// No layer of the catalogue is left out.
  @Test func theCatalogueIsComplete() {
    let tried = Self.catalogue.flatMap(\.1) + Self.tops.flatMap { $0 }
    let keywords = Set(tried.map { type(of: $0).keyword })
    #expect(keywords == Set(layerCatalogue.entries.map(\.keyword)))
  }

  @Test(arguments: Network.presets.map(\.name)) func everyPreset(name: String) throws {
    let network = try #require(Network(preset: name))
    try expectSameBits(
      network, input: Shape(channels: 3, height: 256, width: 256), threads: [1, 2, 3, 8], images: 2, "\(name)")
  }

  /// A gray image is one plane for all channels.
  @Test func grayImages() throws {
    let layers: [any Layer] = [Conv2d(channels: 3, kernel: Pair(3)), Relu()]
    let trio = try Trio(Network(layers), input: Shape(channels: 3, height: 19, width: 33))
    let gray = Array(trio.images(1)[0].prefix(19 * 33))
    #expect([trio.bitsAlone(gray)] == trio.bits(trio.training, [gray]))
  }

  @Test func whatItSaysItNeeds() throws {
    let network = try #require(Network(preset: "homework-batchnorm"))
    let trio = try Trio(network, input: Shape(channels: 3, height: 256, width: 256), threads: 2)
    #expect(ImageExecutor.memoryBytes(of: trio.plan, threads: 2) == trio.alone.memoryBytes)
    let training = Executor<Float>.memoryBytes(of: trio.plan, threads: 2, packs: 1)
    let inference = Executor<Float>.memoryBytes(of: trio.plan, threads: 2, packs: 1, purpose: .inference)
    #expect((training, inference) == (trio.training.memoryBytes, trio.inference.memoryBytes))
    #expect(2 * inference < training)
  }
}
