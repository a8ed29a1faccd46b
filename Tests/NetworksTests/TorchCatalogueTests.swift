import Checkpoints
import Configuration
import Networks
import Tensors
import Testing
import Workers

/// Layers as a job file writes them against PyTorch's: output, gradient of the input and of every parameter, over one
/// pack or over two of which the second has one image. The bounds are those of `TorchLayerTests`.
@Suite struct TorchCatalogueTests {
  struct Case: Decodable {
    let layers: String
    let input: [Int]
    let images: Int
    let bound: Double
    let steps: Double?
    let output: [Int]
    let parameters: [[Int]]

    func plan(_ convolution: ConvolutionChoice) throws -> NetworkPlan {
      let shape = Shape(channels: input[0], height: input[1], width: input[2])
      let network = try Network(Document.parse(layers, file: "layers.json"))
      return try NetworkPlan(network, input: shape, convolution: convolution, takesInputGradient: true)
    }
  }

  static func cases() throws -> [Case] { try TorchFixture.json("layers", as: [Case].self) }

  @Test func everyLayerOfTheCatalogueHasACase() throws {
    let texts = try Self.cases().map(\.layers)
    let elsewhere = ["batchNorm", "dropout"]
    for keyword in layerCatalogue.keywords where !elsewhere.contains(keyword) {
      #expect(texts.contains { $0.contains("\"\(keyword)\"") }, "\(keyword)")
    }
  }

  @Test(arguments: [ConvolutionChoice.direct, .fourier, .winograd])
  func inSinglePrecision(convolution: ConvolutionChoice) throws {
    for index in try Self.cases().indices { try check(index, Float.self, convolution, bound: 1e-6, parameters: 5e-6) }
  }

  @Test(arguments: [ConvolutionChoice.direct, .fourier, .winograd])
  func inDoublePrecision(convolution: ConvolutionChoice) throws {
    for index in try Self.cases().indices { try check(index, Double.self, convolution, bound: 6e-8, parameters: 6e-8) }
  }

  private func check<Scalar: LaneScalar>(
    _ index: Int, _: Scalar.Type, _ convolution: ConvolutionChoice, bound: Double, parameters: Double
  ) throws {
    let sample = try Self.cases()[index]
    let plan = try sample.plan(convolution)
    let axes = [plan.output.channels, plan.output.height, plan.output.width]
    #expect(sample.output == (plan.output.isFlat ? [plan.output.count] : axes), "\(sample.layers)")
    #expect(plan.parameters.map(\.shape) == sample.parameters, "\(sample.layers)")
    let executor = try Executor<Scalar>(plan, team: Team(threads: 2), packs: 2)
    let results = run(executor, sample, salt: 100 * UInt32(index + 1))

    let tensors = try TorchFixture.tensors("layers")
    let tensor = { (role: String) in try #require(tensors["\(index).\(role)"]).values }
    #expect(try relativeError(results.output, tensor("output")) < bound, "\(sample.layers): output")
    #expect(
      try relativeError(results.inputGradient, tensor("inputGradient")) < bound, "\(sample.layers): input's gradient")
    for (number, slot) in plan.parameters.enumerated() {
      let values = Array(results.gradients[slot.offset..<slot.offset + slot.count])
      let error = try relativeError(values, tensor("gradient.\(number)"))
      #expect(error < parameters, "\(sample.layers): gradient of \(slot.name)")
    }
  }

  /// All tensors come out of the formula that `layers.py` uses.
  private func run<Scalar: LaneScalar>(
    _ executor: Executor<Scalar>, _ sample: Case, salt: UInt32
  ) -> (output: [Scalar], inputGradient: [Scalar], gradients: [Scalar]) {
    let plan = executor.plan
    for (number, slot) in plan.parameters.enumerated() {
      let values = TorchFixture.formula(salt: salt + 1 + UInt32(number), count: slot.count, bound: 0.5)
      executor.values(of: slot).copy(from: values.map { Scalar($0) })
    }
    executor.prepare()
    let pixels = TorchFixture.formula(salt: salt, count: sample.images * plan.input.count, bound: sample.bound).map {
      guard let steps = sample.steps else { return Scalar($0) }
      return Scalar((Double($0) * steps).rounded(.toNearestOrEven) / steps)
    }
    let upstream = TorchFixture.formula(salt: salt + 50, count: sample.images * plan.output.count, bound: 1)
    let draw = TrainingDraw(images: sample.images)
    let packs = (0..<draw.packs).map { ($0 * laneCount)..<min(($0 + 1) * laneCount, sample.images) }
    func cut<Value>(_ values: [Value], _ pack: Range<Int>, _ shape: Shape) -> [Value] {
      Array(values[pack.lowerBound * shape.count..<pack.upperBound * shape.count])
    }
    for (pack, range) in packs.enumerated() { executor.input(of: pack).set(cut(pixels, range, plan.input)) }
    executor.forward(training: draw)
    let output = packs.enumerated().flatMap { executor.outputs(of: $0).images($1.count) }
    for (pack, range) in packs.enumerated() {
      executor.outputGradients(of: pack).set(cut(upstream, range, plan.output).map { Scalar($0) })
    }
    executor.backward(training: draw)
    var gradients = [Scalar](repeating: 0, count: plan.parameterScalars)
    for pack in packs.indices {
      for (index, value) in executor.gradients(of: pack).array().enumerated() { gradients[index] += value }
    }
    let inputGradient = packs.enumerated().flatMap { executor.inputGradient(of: $0)?.images($1.count) ?? [] }
    return (output, inputGradient, gradients)
  }
}
