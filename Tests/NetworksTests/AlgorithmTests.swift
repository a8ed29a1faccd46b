import Configuration
import Kernels
import Networks
import Tensors
import Testing
import Workers

/// Both algorithms of a convolution in whole networks.
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
}
