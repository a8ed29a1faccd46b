import Configuration
import Networks
import Tensors
import Testing
import Workers

/// Batch normalization over packs of which the last is partly filled, against PyTorch.
@Suite struct BatchNormTests {
  static let layers: [any Layer] = [
    Conv2d(channels: 3, kernel: Pair(2)), BatchNorm(momentum: 0.2, eps: 1e-3), Relu(),
    Conv2d(channels: 2, kernel: Pair(2)), BatchNorm(), Flatten(), BatchNorm(), Linear(outputs: 2),
  ]

  @Test func passesInDouble() throws { try check(Double.self, bound: 1e-6) }
  @Test func passesInSinglePrecision() throws { try check(Float.self, bound: 2e-5) }

  /// The bound in double precision is that of the fixture, which is in single; gradients that cancel lose a digit of it.
  private func check<Scalar: LaneScalar>(_: Scalar.Type, bound: Double) throws {
    let tensors = try TorchFixture.tensors("batchNorm")
    let tensor = { (name: String) in try #require(tensors[name]).values.map { Scalar($0) } }
    let executor = try Self.executor(Scalar.self)
    for slot in executor.plan.parameters { executor.values(of: slot).copy(from: try tensor("initial.\(slot.name)")) }
    executor.prepare()
    for (number, images) in [20, 17].enumerated() {
      let outputs = try Self.train(
        executor, images: images, input: tensor("\(number).input"), upstream: tensor("\(number).upstream"))
      #expect(relativeError(outputs, try tensor("\(number).output")) < bound, "output \(number)")
      let gradient = zip(executor.gradients(of: 0).array(), executor.gradients(of: 1).array()).map { $0 + $1 }
      for slot in executor.plan.parameters {
        let expected = try tensor("\(number).gradient.\(slot.name)")
        let distances = zip(gradient[slot.offset..<slot.offset + slot.count], expected).map { abs($0 - $1) }
        // Of what the next normalization takes away again, the gradient is nothing but rounding.
        let scale = max(expected.map(\.magnitude).max() ?? 0, 0.1)
        #expect(Double((distances.max() ?? .nan) / scale) < 5 * bound, "gradient \(number) of \(slot.name)")
      }
      for slot in executor.plan.statistics {
        let error = try relativeError(
          executor.statistic(of: slot).array(), tensor("\(number).statistic.\(slot.name)"))
        #expect(error < bound, "statistic \(number) of \(slot.name)")
      }
    }
    executor.input.set(Array(try tensor("1.input")[..<(16 * 60)]))
    executor.forward()
    #expect(try relativeError(executor.outputs.images(16), Array(tensor("inference")[..<32])) < bound)
  }

  private static func executor<Scalar: LaneScalar>(
    _: Scalar.Type, threads: Int = 2
  ) throws -> Executor<Scalar> {
    let plan = try NetworkPlan(Network(layers), input: Shape(channels: 2, height: 6, width: 5))
    #expect(plan.couplesImages)
    let executor = try Executor<Scalar>(plan, team: Team(threads: threads), packs: 2)
    executor.initialize(seed: 1)
    return executor
  }

  /// Two packs, the second partly filled and with rubbish in the lanes that are not used.
  private static func train<Scalar: LaneScalar>(
    _ executor: Executor<Scalar>, images: Int, input: [Scalar], upstream: [Scalar], rubbish: Scalar = 1000
  ) throws -> [Scalar] {
    let draw = TrainingDraw(images: images)
    executor.input(of: 1).set([Scalar](repeating: rubbish, count: 16 * 60))
    executor.input(of: 0).set(Array(input[..<(16 * 60)]))
    executor.input(of: 1).set(Array(input[(16 * 60)...]))
    executor.forward(training: draw)
    executor.outputGradients(of: 1).set([Scalar](repeating: 0, count: 16 * 2))
    executor.outputGradients(of: 0).set(Array(upstream[..<32]))
    executor.outputGradients(of: 1).set(Array(upstream[32...]))
    executor.backward(training: draw)
    return executor.outputs(of: 0).images(16) + executor.outputs(of: 1).images(images - 16)
  }

  /// What lies in the lanes without an image changes no bit, and neither does the number of threads.
  @Test func unusedLanesAndThreadsDoNotShow() throws {
    let tensors = try TorchFixture.tensors("batchNorm")
    let tensor = { (name: String) in try #require(tensors[name]).values }
    let results = try [(1, Float(0)), (2, 1000), (5, -7)].map { threads, rubbish in
      let executor = try Self.executor(Float.self, threads: threads)
      let outputs = try Self.train(
        executor, images: 17, input: tensor("1.input"), upstream: tensor("1.upstream"), rubbish: rubbish)
      return [
        outputs, executor.gradients(of: 0).array(), executor.gradients(of: 1).array(), executor.statistics.array(),
      ]
    }
    #expect(results[1] == results[0] && results[2] == results[0])
    #expect(results[0].allSatisfy { $0.allSatisfy(\.isFinite) })
  }

  /// A bias before the normalization shifts the mean and nothing else: its gradient is zero.
  @Test func aBiasBeforeItHasNoGradient() throws {
    let tensors = try TorchFixture.tensors("batchNorm")
    let tensor = { (name: String) in try #require(tensors[name]).values.map { Double($0) } }
    let executor = try Self.executor(Double.self)
    _ = try Self.train(executor, images: 20, input: tensor("0.input"), upstream: tensor("0.upstream"))
    for slot in executor.plan.parameters where slot.name == "0.bias" || slot.name == "3.bias" {
      for index in slot.offset..<slot.offset + slot.count {
        #expect(abs(executor.gradients(of: 0)[index] + executor.gradients(of: 1)[index]) < 1e-12)
      }
    }
  }

  @Test func aMeanFarFromZeroKeepsItsVariance() throws {
    let plan = try NetworkPlan(Network([BatchNorm()]), input: Shape(channels: 1, height: 8, width: 8))
    let executor = try Executor<Float>(plan, team: Team(threads: 1))
    executor.initialize(seed: 1)
    let values = (0..<16 * 64).map { Float(1000 + $0 % 2) }
    executor.input.set(values)
    executor.forward(training: TrainingDraw(images: 16))
    #expect(abs(executor.statistics[0] - 100.05) < 1e-4)
    #expect(abs(executor.statistics[laneCount] - Float(0.9 + 0.1 * 0.25 * 1024 / 1023)) < 1e-6)
    #expect(executor.outputs.images(1).prefix(2).map { abs($0.magnitude - 1) < 1e-4 } == [true, true])
  }
}
