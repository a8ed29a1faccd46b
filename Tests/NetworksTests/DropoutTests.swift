import Configuration
import Networks
import Tensors
import Testing
import Workers

@Suite struct DropoutTests {
  static let shape = Shape(channels: 4, height: 9, width: 7)

  /// The identity below makes dropout's input depend on a trained weight, so that there is a gradient to look at.
  private func executor(rate: Double, threads: Int = 2, packs: Int = 1) throws -> Executor<Float> {
    let plan = try NetworkPlan(Network([BatchNorm(), Dropout(rate: rate)]), input: Self.shape)
    let executor = try Executor<Float>(plan, team: Team(threads: threads), packs: packs)
    executor.initialize(seed: 1)
    return executor
  }

  private func outputs(_ rate: Double, threads: Int = 2, _ draw: TrainingDraw) throws -> [Float] {
    let executor = try dropout(rate, threads: threads)
    executor.input.set([Float](repeating: 1, count: 16 * Self.shape.count))
    executor.forward(training: draw)
    return executor.outputs.images(16)
  }

  private func dropout(_ rate: Double, threads: Int = 2) throws -> Executor<Float> {
    try Executor(NetworkPlan(Network([Dropout(rate: rate)]), input: Self.shape), team: Team(threads: threads))
  }

  @Test func whatStaysIsScaled() throws {
    for rate in [0.0, 0.1, 0.5, 0.9] {
      let values = try outputs(rate, TrainingDraw(images: 16, seed: 3))
      let dropped = values.count { $0 == 0 }
      let deviation = (Double(values.count) * rate * (1 - rate)).squareRoot()
      #expect(abs(Double(dropped) - rate * Double(values.count)) <= 5 * deviation, "rate \(rate)")
      let others = Set(values.filter { $0 != 0 })
      #expect(others.count == 1 && abs((others.first ?? 0) * Float(1 - rate) - 1) < 1e-4)
    }
  }

  @Test func inferencePassesEverything() throws {
    let executor = try dropout(0.7)
    let values = (0..<16 * Self.shape.count).map { Float($0) }
    executor.input.set(values)
    executor.forward()
    #expect(executor.outputs.images(16) == values)
  }

  /// What falls out depends on seed, step and pack, and on nothing else.
  @Test func theDrawIsAFunctionOfSeedStepAndPlace() throws {
    let draw = TrainingDraw(images: 16, firstPack: 2, seed: 3, step: 5)
    let expected = try outputs(0.5, draw)
    for threads in [1, 2, 5] { #expect(try outputs(0.5, threads: threads, draw) == expected) }
    var others = Set([expected])
    others.insert(try outputs(0.5, TrainingDraw(images: 16, firstPack: 2, seed: 4, step: 5)))
    others.insert(try outputs(0.5, TrainingDraw(images: 16, firstPack: 2, seed: 3, step: 6)))
    others.insert(try outputs(0.5, TrainingDraw(images: 16, firstPack: 1, seed: 3, step: 5)))
    #expect(others.count == 4)
  }

  /// A pack falls out in the same way whether its batch comes at once or pack by pack.
  @Test func packsMayComeOneByOne() throws {
    let plan = try NetworkPlan(Network([Dropout(rate: 0.5)]), input: Self.shape)
    let together = try Executor<Float>(plan, team: Team(threads: 2), packs: 3)
    for pack in 0..<3 { together.input(of: pack).set([Float](repeating: 1, count: 16 * Self.shape.count)) }
    together.forward(training: TrainingDraw(images: 48, seed: 9, step: 1))
    for pack in 0..<3 {
      let alone = try outputs(0.5, TrainingDraw(images: 16, firstPack: pack, seed: 9, step: 1))
      #expect(together.outputs(of: pack).images(16) == alone)
    }
  }

  /// The gradient passes where the value passed, by the same factor.
  @Test func theGradientGoesTheSameWay() throws {
    let executor = try executor(rate: 0.5)
    executor.input.set((0..<16 * Self.shape.count).map { Float($0 % 2) })
    let draw = TrainingDraw(images: 16, seed: 1)
    executor.forward(training: draw)
    let outputs = executor.outputs.images(16)
    executor.outputGradients.set([Float](repeating: 1, count: outputs.count))
    executor.backward(training: draw)
    // d/dbias of a channel: twice for every value of it that passed.
    for channel in 0..<Self.shape.channels {
      let passed = outputs.enumerated().count { index, value in
        index / 63 % Self.shape.channels == channel && value != 0
      }
      #expect(executor.gradients[laneCount + channel] == Float(2 * passed))
    }
  }
}
