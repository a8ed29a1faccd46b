import Configuration
import Kernels
import Networks
import Tensors
import Testing

/// Every layer's gradients against central differences in double precision. The convolution below each layer
/// makes its input depend on trained weights, so that the layer's input gradient is checked too.
@Suite struct GradientTests {
  /// Rounding of the differences: 1e-16 of the loss over a step of 1e-5, a few hundred terms.
  static let bound = 1e-7

  static let geometries: [(Int, Pair, Pair, Pair, Shape)] = [
    (1, Pair(1), Pair(1), Pair(0), Shape(channels: 1, height: 3, width: 3)),
    (4, Pair(3), Pair(1), Pair(0), Shape(channels: 3, height: 9, width: 7)),
    (11, Pair(3), Pair(2), Pair(1), Shape(channels: 2, height: 10, width: 9)),
    (
      5, Pair(height: 2, width: 5), Pair(height: 3, width: 1), Pair(height: 0, width: 2),
      Shape(channels: 6, height: 11, width: 8)
    ),
    (3, Pair(2), Pair(3), Pair(0), Shape(channels: 12, height: 11, width: 12)),
    (21, Pair(5), Pair(2), Pair(2), Shape(channels: 3, height: 12, width: 13)),
    (2, Pair(height: 1, width: 7), Pair(2), Pair(height: 0, width: 3), Shape(channels: 4, height: 6, width: 9)),
    (7, Pair(4), Pair(4), Pair(3), Shape(channels: 10, height: 8, width: 8)),
  ]

  @Test(arguments: geometries.indices)
  func convolution(index: Int) throws {
    let (channels, kernel, stride, padding, input) = Self.geometries[index]
    let below = Conv2d(channels: input.channels, kernel: Pair(1))
    let probe = try Probe(
      [below, Conv2d(channels: channels, kernel: kernel, stride: stride, padding: padding)], input: input)
    #expect(probe.worstRelativeError() < Self.bound)
  }

  @Test func convolutionWithoutBias() throws {
    let layers: [any Layer] = [
      Conv2d(channels: 3, kernel: Pair(3), hasBias: false), Conv2d(channels: 2, kernel: Pair(2), hasBias: false),
    ]
    let probe = try Probe(layers, input: Shape(channels: 2, height: 8, width: 7))
    #expect(probe.plan.parameters.map(\.name) == ["0.weight", "1.weight"])
    #expect(probe.worstRelativeError() < Self.bound)
  }

  @Test(arguments: [(Pair(2), Pair(2)), (Pair(3), Pair(2)), (Pair(2), Pair(3)), (Pair(height: 1, width: 3), Pair(1))])
  func maxPooling(kernel: Pair, stride: Pair) throws {
    let layers: [any Layer] = [Conv2d(channels: 3, kernel: Pair(3)), MaxPool2d(kernel: kernel, stride: stride)]
    let probe = try Probe(layers, input: Shape(channels: 2, height: 12, width: 11))
    #expect(probe.worstRelativeError() < Self.bound)
  }

  /// A fused ReLU under each layer that masks the gradient itself, and under one that does not.
  @Test func rectifierUnderEveryLayer() throws {
    let layers: [any Layer] = [
      Conv2d(channels: 3, kernel: Pair(3)), Relu(), Conv2d(channels: 4, kernel: Pair(2), stride: Pair(2)), Relu(),
      MaxPool2d(kernel: Pair(2)), Relu(), Conv2d(channels: 2, kernel: Pair(1)), Relu(), Flatten(), Linear(outputs: 3),
      Relu(), Linear(outputs: 2),
    ]
    let probe = try Probe(layers, input: Shape(channels: 2, height: 16, width: 16))
    #expect(probe.worstRelativeError() < Self.bound)
  }

  @Test func rectifierAtTheEndAndAtTheStart() throws {
    let probe = try Probe(
      [Relu(), Conv2d(channels: 3, kernel: Pair(3)), Relu()], input: Shape(channels: 2, height: 8, width: 8))
    #expect(probe.worstRelativeError() < Self.bound)
  }

  @Test(arguments: [1, 3, 40])
  func linear(outputs: Int) throws {
    let layers: [any Layer] = [Conv2d(channels: 5, kernel: Pair(2)), Flatten(), Linear(outputs: outputs)]
    let probe = try Probe(layers, input: Shape(channels: 2, height: 6, width: 8))
    #expect(probe.worstRelativeError() < Self.bound)
  }

  static let others: [[any Layer]] = [
    [AvgPool2d(kernel: Pair(2))], [AvgPool2d(kernel: Pair(3), stride: Pair(2))], [Relu(), AvgPool2d(kernel: Pair(2))],
    [Relu(), AvgPool2d(kernel: Pair(height: 2, width: 3), stride: Pair(height: 1, width: 4))], [GlobalAvgPool()],
    [Relu(), GlobalAvgPool()], [LeakyRelu(slope: 0.3)], [Relu(), LeakyRelu(slope: 0.3)], [Sigmoid()], [Tanh()],
    [Relu(), Tanh()], [Rows()], [Relu(), Rows()], [Rows(), Conv1d(channels: 4, kernel: 3, stride: 2, padding: 1)],
    [Rows(), Conv1d(channels: 12, kernel: 2), Relu(), MaxPool1d(kernel: 2)], [Rows(), AvgPool1d(kernel: 3, stride: 2)],
    [Rows(), Conv1d(channels: 3, kernel: 4, hasBias: false), Flatten(), Linear(outputs: 2)],
  ]

  @Test(arguments: others.indices)
  func otherLayers(index: Int) throws {
    let layers: [any Layer] = [Conv2d(channels: 3, kernel: Pair(3))] + Self.others[index]
    let probe = try Probe(layers, input: Shape(channels: 2, height: 9, width: 11))
    #expect(probe.worstRelativeError() < Self.bound)
  }

  /// The check itself must notice a wrong gradient.
  @Test func aWrongGradientIsNoticed() throws {
    let probe = try Probe([Conv2d(channels: 2, kernel: Pair(3))], input: Shape(channels: 1, height: 6, width: 6))
    var exact = probe.gradients()[0]
    exact[4] *= 1.001
    let numeric = probe.differences()[0]
    let scale = exact.map(abs).max() ?? 0
    #expect(abs(exact[4] - (numeric[4] ?? 0)) / scale > Self.bound)
  }
}

@Suite struct BinaryCrossEntropyTests {
  @Test(arguments: [-100.0, -30, -3, -1e-9, 0, 0.5, 2, 17, 36, 100, 700, 1e6], [0.0, 0.25, 1])
  func derivativeAndFiniteness(logit: Double, target: Double) {
    let loss = BinaryCrossEntropy()
    let value = loss.evaluate(logit: logit, target: target)
    #expect(value.loss.isFinite && value.loss >= 0)
    #expect(abs(value.gradient) <= 1)
    guard abs(logit) < 50 else { return }
    let step = 1e-5
    let difference =
      (loss.evaluate(logit: logit + step, target: target).loss - loss.evaluate(logit: logit - step, target: target).loss)
      / (2 * step)
    #expect(abs(difference - value.gradient) < 1e-9)
  }

  @Test func notANumberIsNotHidden() {
    #expect(BinaryCrossEntropy().evaluate(logit: .nan, target: 1).loss.isNaN)
  }
}
