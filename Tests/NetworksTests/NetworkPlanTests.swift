import Configuration
import Networks
import Tensors
import Testing

@Suite struct NetworkPlanTests {
  static let image = Shape(channels: 3, height: 256, width: 256)

  /// The figures of the homework's table.
  @Test func homework() throws {
    let network = try #require(Network(preset: "homework"))
    let plan = try NetworkPlan(network, input: Self.image)
    #expect(plan.parameterCount == 89_551)
    #expect(plan.multiplyAccumulates == 580_867_720)
    #expect(
      plan.layers.map(\.keyword) == [
        "conv2d", "relu", "conv2d", "conv2d", "relu", "maxPool2d", "conv2d", "flatten", "linear",
      ])
    #expect(
      plan.layers.filter { $0.multiplyAccumulates > 0 }.map(\.multiplyAccumulates) == [
        149_454_720, 143_481_800, 273_780_000, 14_112_000, 39_200,
      ])
    #expect(plan.parameters.map(\.name) == [0, 2, 3, 6, 8].flatMap { ["\($0).weight", "\($0).bias"] })
    #expect(plan.layers[5].output == Shape(channels: 40, height: 58, width: 58))
    // 3.186 GFLOP a training step: nobody takes the gradient of the image.
    #expect(plan.trainingMultiplyAccumulates == 3 * 580_867_720 - 149_454_720)
  }

  private func keywords(_ preset: String) throws -> [String] {
    let network = try #require(Network(preset: preset))
    return try NetworkPlan(network, input: Self.image).layers.map(\.keyword)
  }

  /// Every preset takes an image and gives one logit; the variants differ from the homework where they say so.
  @Test func presets() throws {
    for preset in Network.presets {
      let plan = try NetworkPlan(#require(Network(preset: preset.name)), input: Self.image)
      #expect(plan.output == Shape(flat: 1), "\(preset.name)")
    }
    let homework = try keywords("homework")
    #expect(try keywords("homework-avgpool") == homework.map { $0 == "maxPool2d" ? "avgPool2d" : $0 })
    #expect(
      try keywords("homework-batchnorm")
        == homework.flatMap { $0 == "conv2d" ? ["conv2d", "batchNorm"] : [$0] })
    #expect(
      try keywords("homework-relu")
        == homework.filter { $0 != "relu" }.flatMap { $0 == "conv2d" ? ["conv2d", "relu"] : [$0] })
    #expect(try keywords("homework-conv1d").filter { $0 == "conv1d" }.count == 3)
  }

  @Test func aKernelThatDoesNotFitNamesItsLayer() throws {
    let network = try Network(
      Document.parse("- conv2d: {channels: 2, kernel: 5}\n- maxPool2d: {kernel: 100}\n", file: "job.yaml"))
    #expect {
      try NetworkPlan(network, input: Shape(channels: 1, height: 32, width: 32))
    } throws: { error in
      let text = "\(error)"
      return text.contains("job.yaml:2:") && text.contains("layer 1 (maxPool2d)") && text.contains("28 x 28")
    }
  }

  @Test func linearNeedsFlatten() throws {
    #expect(throws: PlanError.self) {
      try NetworkPlan(Network([Linear(outputs: 1)]), input: Self.image)
    }
    #expect(throws: PlanError.self) {
      try NetworkPlan(Network([Flatten(), Conv2d(channels: 1, kernel: Pair(1))]), input: Self.image)
    }
  }

  @Test func unknownLayerGetsASuggestion() {
    #expect {
      try Network(Document.parse("- conv2: {channels: 2, kernel: 5}\n", file: "job.yaml"))
    } throws: { "\($0)".contains("conv2d") && "\($0)".contains("job.yaml:1:") }
  }
}
