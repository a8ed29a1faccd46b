import Configuration
import Kernels
import Networks
import Tensors
import Testing
import Workers

/// The algorithms of a convolution in whole networks.
@Suite struct AlgorithmTests {
  /// Everything that a Fourier convolution may be fused with: nothing, a ReLU, a pooling, both in either order.
  static let tops: [[any Layer]] = [
    [], [Relu()], [MaxPool2d(kernel: Pair(2))], [Relu(), MaxPool2d(kernel: Pair(2))],
    [MaxPool2d(kernel: Pair(2)), Relu()],
  ]

  private static func layers(kernel: Int, stride: Int, _ top: [any Layer]) -> [any Layer] {
    [Conv2d(channels: 3, kernel: Pair(3)), Relu(), Conv2d(channels: 5, kernel: Pair(kernel), stride: Pair(stride))]
      + top
      + [Conv2d(channels: 2, kernel: Pair(2)), Flatten(), Linear(outputs: 2)]
  }

  static let windows = [(5, 1), (3, 1), (4, 2), (8, 1)]

  /// Without kinks, which differences over so many pixels would step across.
  @Test(arguments: Self.windows)
  func gradientsInTheFourierDomain(kernel: Int, stride: Int) throws {
    let layers: [any Layer] = [
      Conv2d(channels: 3, kernel: Pair(3)), Conv2d(channels: 5, kernel: Pair(kernel), stride: Pair(stride)),
      Conv2d(channels: 2, kernel: Pair(2)), Flatten(), Linear(outputs: 2),
    ]
    let probe = try Probe(layers, input: Shape(channels: 2, height: 27, width: 30), convolution: .fourier)
    #expect(probe.plan.operations.contains { $0.choices.contains { $0.algorithm == .fourier } })
    #expect(probe.worstRelativeError() < GradientTests.bound)
  }

  static let smallWindows = [(3, 1), (2, 1), (5, 2), (3, 2)]

  @Test(arguments: Self.smallWindows)
  func gradientsByMinimalFiltering(kernel: Int, stride: Int) throws {
    let layers: [any Layer] = [
      Conv2d(channels: 3, kernel: Pair(3)), Conv2d(channels: 5, kernel: Pair(kernel), stride: Pair(stride)),
      Conv2d(channels: 2, kernel: Pair(2)), Flatten(), Linear(outputs: 2),
    ]
    let probe = try Probe(layers, input: Shape(channels: 2, height: 27, width: 30), convolution: .winograd)
    #expect(probe.plan.operations.filter { $0.choices.allSatisfy { $0.algorithm == .winograd } }.count >= 3)
    #expect(probe.worstRelativeError() < GradientTests.bound)
  }

  /// Images of many tiles, which are shared out by chunks, and of few, which are shared out by channels and points.
  @Test(arguments: [(61, 45), (29, 26), (12, 13)], Self.tops.indices)
  func minimalFilteringAgreesWithDirectConvolution(size: (Int, Int), top: Int) throws {
    let input = Shape(channels: 2, height: size.0, width: size.1)
    for (kernel, stride) in Self.smallWindows {
      let layers = Self.layers(kernel: kernel, stride: stride, Self.tops[top])
      guard let direct = try? Probe(layers, input: input, convolution: .direct) else { continue }
      let winograd = try Probe(layers, input: input, convolution: .winograd)
      #expect(abs(direct.loss() - winograd.loss()) < 1e-10 * max(1, abs(direct.loss())))
      for (a, b) in zip(direct.gradients(), winograd.gradients()) {
        let scale = a.map(abs).max() ?? 0
        #expect(zip(a, b).allSatisfy { abs($0 - $1) < 1e-10 * max(scale, 1) })
      }
    }
  }

  /// The bits of a pass do not depend on the number of threads, whichever way it is shared out.
  @Test(arguments: [(61, 45), (12, 13)], [0, 3])
  func anyNumberOfThreadsByMinimalFiltering(size: (Int, Int), top: Int) throws {
    let layers = Self.layers(kernel: 3, stride: 1, Self.tops[top])
    let input = Shape(channels: 2, height: size.0, width: size.1)
    let one = try Probe(layers, input: input, threads: 1, convolution: .winograd).gradients()
    for threads in [2, 3, 8] {
      #expect(try Probe(layers, input: input, threads: threads, convolution: .winograd).gradients() == one)
    }
  }

  /// Fused or not, by tiles or directly: the same network.
  @Test(arguments: Self.windows, Self.tops.indices)
  func theAlgorithmsAgree(window: (Int, Int), top: Int) throws {
    let layers = Self.layers(kernel: window.0, stride: window.1, Self.tops[top])
    let input = Shape(channels: 2, height: 29, width: 26)
    let direct = try Probe(layers, input: input, convolution: .direct)
    let fourier = try Probe(layers, input: input, convolution: .fourier)
    #expect(abs(direct.loss() - fourier.loss()) < 1e-10 * max(1, abs(direct.loss())))
    for (a, b) in zip(direct.gradients(), fourier.gradients()) {
      let scale = a.map(abs).max() ?? 0
      #expect(zip(a, b).allSatisfy { abs($0 - $1) < 1e-10 * max(scale, 1) })
    }
  }

  /// The bits of a pass do not depend on the number of threads.
  @Test func anyNumberOfThreads() throws {
    let layers = Self.layers(kernel: 5, stride: 1, Self.tops[3])
    let input = Shape(channels: 2, height: 61, width: 45)
    let one = try Probe(layers, input: input, threads: 1, convolution: .fourier).gradients()
    for threads in [2, 3, 8] {
      #expect(try Probe(layers, input: input, threads: threads, convolution: .fourier).gradients() == one)
    }
  }

  /// Neither do they for a sequence, whose one row is cut by columns.
  @Test func anyNumberOfThreadsOnASequence() throws {
    let layers: [any Layer] = [
      Rows(), Conv1d(channels: 12, kernel: 5, padding: 2), Relu(), Conv1d(channels: 7, kernel: 3, stride: 2), Tanh(),
      GlobalAvgPool(),
    ]
    let input = Shape(channels: 2, height: 4, width: 203)
    let one = try Probe(layers, input: input, threads: 1).gradients()
    for threads in [2, 3, 8] { #expect(try Probe(layers, input: input, threads: threads).gradients() == one) }
  }

  @Test func aPoolingIsFusedWhereTilesAllowIt() throws {
    let input = Shape(channels: 3, height: 64, width: 64)
    func operations(_ pool: MaxPool2d) throws -> [NetworkPlan.PlannedOperation] {
      try NetworkPlan(
        Network([Conv2d(channels: 4, kernel: Pair(1)), Conv2d(channels: 8, kernel: Pair(5)), Relu(), pool]),
        input: input, convolution: .fourier
      ).operations
    }
    #expect(try operations(MaxPool2d(kernel: Pair(2))).last?.fusesPooling == true)
    #expect(try operations(MaxPool2d(kernel: Pair(3))).last?.fusesPooling == false)
  }

  /// The cost model's choices for the homework: the large convolutions by tiles, the small one directly.
  @Test func choicesForTheHomework() throws {
    let network = try #require(Network(preset: "homework"))
    let plan = try NetworkPlan(network, input: Shape(channels: 3, height: 256, width: 256))
    #expect(
      plan.operations.map { $0.choices.map(\.algorithm) } == [
        [.fourier, .fourier], [.fourier, .fourier], [.fourier, .fourier], [.direct, .direct], [],
      ])
    let direct = try NetworkPlan(
      network, input: Shape(channels: 3, height: 256, width: 256), convolution: .direct)
    #expect(direct.operations.allSatisfy { $0.choices.allSatisfy { $0.algorithm == .direct } })
  }

  /// Kernels of three taps go by minimal filtering with the pooling in their stores; so does a first layer, whose pooling would
  /// cost more than direct convolution saves.
  @Test func choicesForKernelsOfThreeTaps() throws {
    let channels = [32, 64, 128, 128]
    let layers: [any Layer] = channels.flatMap { channels -> [any Layer] in
      [Conv2d(channels: channels, kernel: Pair(3), padding: Pair(1)), Relu(), MaxPool2d(kernel: Pair(2))]
    }
    let input = Shape(channels: 3, height: 256, width: 256)
    let chain = try NetworkPlan(Network(layers), input: input).operations
    #expect(chain.count == channels.count)
    #expect(chain.allSatisfy { $0.fusesPooling && $0.choices.allSatisfy { $0.algorithm == .winograd } })
    let others: [(any Layer, Shape)] = [
      (Conv2d(channels: 64, kernel: Pair(1)), Shape(channels: 64, height: 32, width: 32)),
      (
        Conv2d(channels: 64, kernel: Pair(3), stride: Pair(2), padding: Pair(1)),
        Shape(channels: 64, height: 32, width: 32)
      ),
      (Conv2d(channels: 64, kernel: Pair(3), padding: Pair(1)), Shape(channels: 64, height: 2, width: 2)),
    ]
    for (layer, shape) in others {
      let plan = try NetworkPlan(Network([layer]), input: shape)
      #expect(plan.operations.allSatisfy { $0.choices.allSatisfy { $0.algorithm == .direct } })
    }
  }
}
