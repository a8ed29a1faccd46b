import Configuration
import Networks
import Optimization
import Tensors
import Testing
import Training
import Workers

/// Five steps of the full homework network on twenty images, which fill a pack and part of another, against PyTorch.
@Suite struct HomeworkStepsTests {
  struct Fixture: Decodable {
    let images: Int
    let labels: [Double]
    let learningRate, momentum, weightDecay: Double
    let losses: [Double]
    let parameters: [Parameter]

    struct Parameter: Decodable {
      let name: String
      let norm: Double
      let samples: [Double]
    }
  }

  /// Of weights and biases in turn.
  private static let bounds: [Double] = [
    0.15625, 0.0625, 0.109375, 0.0625, 0.109375, 0.0625, 0.125, 0.0625, 0.01171875, 0.0625,
  ]
  private static let pixels = 3 * 256 * 256

  @Test func agreesWithTorch() throws {
    let fixture = try Torch.json("homeworkSteps", as: Fixture.self)
    let network = try #require(Network(preset: "homework"))
    let plan = try NetworkPlan(network, input: Shape(channels: 3, height: 256, width: 256))
    let executor = try Executor<Float>(plan, team: Team(threads: 2))
    for (number, slot) in plan.parameters.enumerated() {
      let values = Torch.formula(salt: UInt32(number + 1), count: slot.count, bound: Self.bounds[number])
      executor.values(of: slot).copy(from: values)
    }
    let images = Torch.formula(salt: 11, count: fixture.images * Self.pixels, bound: 1)
    let optimizer = SGD(
      learningRate: fixture.learningRate, momentum: fixture.momentum, weightDecay: fixture.weightDecay)
    let velocity = try Storage<Float>(count: plan.parameterScalars)
    let sum = try TreeSum<Float>(size: plan.parameterScalars, most: 2)
    for (step, expected) in fixture.losses.enumerated() {
      executor.prepare()
      var loss = 0.0
      for pack in [0..<16, 16..<20] {
        load(images, pack, into: executor.input)
        executor.forward()
        loss += judge(executor, fixture.labels[pack], batch: fixture.images)
        executor.backward()
        sum.add(executor.gradients)
      }
      #expect(abs(loss - expected) < 1e-5 * expected, "step \(step)")
      optimizer.update(
        UpdateTensors(parameters: executor.parameters, gradient: sum.finish(), memories: [velocity.all]),
        rate: fixture.learningRate, step: step)
    }
    #expect(fixture.losses.count == 5 && abs(fixture.losses[4] - fixture.losses[0]) > 1e-3)
    for (slot, expected) in zip(plan.parameters, fixture.parameters) {
      let values = executor.values(of: slot)
      let norm = values.array().reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
      #expect(slot.name == expected.name && abs(norm - expected.norm) < 1e-5 * expected.norm)
      let scale = expected.norm / Double(slot.count).squareRoot()
      for (k, truth) in expected.samples.enumerated() {
        #expect(abs(Double(values[k * (slot.count - 1) / 15]) - truth) < 1e-4 * scale, "\(slot.name), sample \(k)")
      }
    }
  }

  private func load(_ images: [Float], _ pack: Range<Int>, into input: PackView<Float>) {
    for pixel in 0..<Self.pixels {
      var lanes = Lanes<Float>(repeating: 0)
      for (lane, image) in pack.enumerated() { lanes[lane] = images[image * Self.pixels + pixel] }
      input[pixel / 65_536, pixel / 256 % 256, pixel % 256] = lanes
    }
  }

  private func judge(_ executor: Executor<Float>, _ labels: ArraySlice<Double>, batch: Int) -> Double {
    var slopes = Lanes<Float>(repeating: 0)
    var loss = 0.0
    for (lane, label) in labels.enumerated() {
      let value = BinaryCrossEntropy().evaluate(logit: Double(executor.outputs[0, 0, 0][lane]), target: label)
      slopes[lane] = Float(value.gradient / Double(batch))
      loss += value.loss / Double(batch)
    }
    executor.outputGradients[0, 0, 0] = slopes
    return loss
  }
}
