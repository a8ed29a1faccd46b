import Configuration
import Networks
import Tensors
import Testing

/// First values, whose scale follows the activation before them.
@Suite struct InitializationTests {
  static let activations: [(layers: [any Layer], squaredGain: Double)] = [
    ([], 1), ([Relu()], 2), ([LeakyRelu(slope: 0.5)], 1.6), ([LeakyRelu(slope: 1)], 1), ([Sigmoid()], 1),
    ([Tanh()], 25.0 / 9), ([Relu(), MaxPool2d(kernel: Pair(2)), Dropout(rate: 0.5)], 2), ([Relu(), BatchNorm()], 1),
    ([BatchNorm(), Relu()], 2),
  ]

  @Test(arguments: activations.indices)
  func varianceKeepsTheScale(index: Int) throws {
    let (between, squaredGain) = Self.activations[index]
    let layers: [any Layer] =
      [Conv2d(channels: 8, kernel: Pair(1))] + between + [Conv2d(channels: 500, kernel: Pair(3))]
    let plan = try NetworkPlan(Network(layers), input: Shape(channels: 1, height: 8, width: 8))
    let slot = try #require(plan.parameters.last { $0.name.hasSuffix("weight") })
    let values = HeInitialization.values(of: slot, number: 3, seed: 1).map { Double($0) }
    let variance = values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
    // 36,000 uniform values: the deviation of their variance is half a percent.
    #expect(abs(variance * 72 / squaredGain - 1) < 0.025)
    #expect(values.allSatisfy { abs($0) <= (3 * squaredGain / 72).squareRoot() * 1.0001 })
  }
}
