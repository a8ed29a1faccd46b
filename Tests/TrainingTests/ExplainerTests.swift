import Checkpoints
import Configuration
import Datasets
import Foundation
import Images
import Networks
import Tensors
import Testing
import Training
import Workers

/// Where a network looked.
@Suite struct ExplainerTests {
  private struct Expected: Decodable {
    let pixels: [[Int]]
    let mean: [Double]
    let std: [Double]
    let outputs1: [[Double]]
    let outputs3: [[Double]]
  }

  private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().appending(
    path: "../Fixtures/explanation")

  private static func layers(outputs: Int) -> [any Layer] {
    [
      Conv2d(channels: 4, kernel: Pair(8), stride: Pair(4)), BatchNorm(), Relu(), MaxPool2d(kernel: Pair(2)),
      Dropout(rate: 0.5), Conv2d(channels: 6, kernel: Pair(3), stride: Pair(2)), BatchNorm(), Tanh(),
      AvgPool2d(kernel: Pair(3)), Flatten(), Linear(outputs: outputs),
    ]
  }

  /// The same as in the fixture's generator.
  private static let image = ImagePlanes(
    planes: (0..<3).flatMap { channel in
      (0..<65_536).map { place in
        let (row, column) = (place / 256, place % 256)
        return UInt8((row * 7 + column * (3 + channel) + row * column / 64) % 256)
      }
    })

  private let expected: Expected

  init() throws {
    expected = try JSONDecoder().decode(
      Expected.self, from: Data(contentsOf: Self.fixtures.appending(path: "expected.json")))
  }

  private func network(outputs: Int) throws -> TrainedNetwork {
    let all = try TensorFile(contentsOf: Self.fixtures.appending(path: "weights.safetensors").path()).tensors
    let tensors = all.filter { $0.name.hasPrefix("\(outputs).") }.map {
      NamedTensor(name: String($0.name.dropFirst(2)), shape: $0.shape, values: $0.values)
    }
    return try TrainedNetwork(
      network: Network(Self.layers(outputs: outputs)),
      loss: outputs == 1 ? BinaryCrossEntropy() : SoftmaxCrossEntropy(),
      statistics: ChannelStatistics(mean: expected.mean, deviation: expected.std), classes: nil,
      reading: ImageReading(), model: tensors)
  }

  /// PyTorch's autograd, through batch normalization and dropout as they are in inference.
  @Test(arguments: [1, 3]) func gradientTimesInputIsTorchs(outputs: Int) throws {
    let explainer = try Explainer(network(outputs: outputs), noise: 0, threads: 2)
    for (label, wanted) in (outputs == 1 ? expected.outputs1 : expected.outputs3).enumerated() {
      let values = explainer.explain(Self.image, label: label).gradientTimesInput
      let scale = wanted.map(abs).max() ?? 0
      for (pixel, value) in zip(expected.pixels, wanted) {
        #expect(abs(Double(values[pixel[0] * 256 + pixel[1]]) - value) < 1e-4 * scale, "\(label) \(pixel)")
      }
    }
  }

  /// The way back of frozen layers against differences in double precision.
  @Test func frozenLayersHaveTheGradientsOfTheirInference() throws {
    let input = Shape(channels: 2, height: 9, width: 7)
    let network = Network([
      Conv2d(channels: 3, kernel: Pair(3)), BatchNorm(eps: 0.1), Relu(), Dropout(rate: 0.5), BatchNorm(), Flatten(),
      BatchNorm(), Linear(outputs: 1),
    ])
    let plan = try NetworkPlan(network.frozen, input: input, takesInputGradient: true)
    #expect(!plan.couplesImages)
    for finding in try GradientCheck().check(plan, loss: BinaryCrossEntropy(), team: Team(threads: 1)) {
      #expect(finding.worstError < 1e-6, "\(finding)")
    }
  }

  @Test func frozenLayersInferAsBefore() throws {
    let trained = try network(outputs: 3)
    let frozen = try TrainedNetwork(
      network: trained.network.frozen, loss: trained.loss, statistics: trained.statistics, classes: nil,
      reading: trained.reading, model: trained.model)
    let outputs = try [trained, frozen].map {
      try Predictor($0, team: Team(threads: 1)).outputs(images: [Self.image.planes])
    }
    #expect(outputs[0] == outputs[1])
  }

  /// A network that looks at one place alone is explained by that place, by both methods.
  @Test func theOnlyPlaceThatCountsIsFound() throws {
    // The mean of the green channel over the block of rows 64...127, columns 128...191.
    var weights = [Float](repeating: 0, count: 3 * 16)
    weights[16 + 1 * 4 + 2] = 3
    let network = try TrainedNetwork(
      network: Network([AvgPool2d(kernel: Pair(64)), Flatten(), Linear(outputs: 1)]), loss: BinaryCrossEntropy(),
      statistics: .none, classes: ["dark", "bright"], reading: ImageReading(),
      model: [
        NamedTensor(name: "2.weight", shape: [1, 48], values: weights),
        NamedTensor(name: "2.bias", shape: [1], values: [0]),
      ])
    var planes = [UInt8](repeating: 50, count: 3 * 65_536)
    for row in 64..<128 { for column in 128..<192 { planes[65_536 + row * 256 + column] = 250 } }
    let explainer = try Explainer(network, threads: 1)
    let slope: Float = 3.0 / 4096 * 250 / 255
    // A square in the middle of the block takes a quarter of it from 250 to the mean.
    let mean = Float((50 * (65_536 - 4096) + 250 * 4096 + 32_768) / 65_536)
    let quarter: Float = 3 * (250 - mean) / 255 / 4
    let signs: [Float] = [-1, 1]
    for (label, sign) in signs.enumerated() {
      let explanation = explainer.explain(ImagePlanes(planes: planes), label: label, occludes: true)
      let gradient = explanation.gradientTimesInput.map { $0 * sign }
      let occlusion = try #require(explanation.occlusion).map { $0 * sign }
      for (row, column) in [(0, 0), (63, 150), (130, 10), (255, 255)] { #expect(gradient[row * 256 + column] == 0) }
      #expect(abs(occlusion[0]) < 1e-6 && abs(occlusion[255 * 256]) < 1e-6)
      for (row, column) in [(64, 128), (100, 150), (127, 191)] {
        // The noise moves no gradient of a linear network.
        #expect(abs(gradient[row * 256 + column] - slope) < 1e-7)
        #expect(occlusion[row * 256 + column] > 0.01)
      }
      #expect(abs(occlusion[95 * 256 + 159] - quarter) < 1e-4)
    }
  }

  @Test func sameBitsAtAnyNumberOfThreads() throws {
    let network = try network(outputs: 1)
    let one = try Explainer(network, threads: 1).explain(Self.image, label: 1, occludes: true)
    let three = try Explainer(network, threads: 3)
    #expect(three.explain(Self.image, label: 1, occludes: true) == one)
    #expect(three.explain(Self.image, label: 1, occludes: true) == one)
  }
}
