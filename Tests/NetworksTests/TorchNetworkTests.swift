import Checkpoints
import Configuration
import Kernels
import Networks
import Optimization
import Tensors
import Testing
import Training
import Workers

/// The loss, the optimizer and whole networks against PyTorch.
@Suite struct TorchNetworkTests {
  // MARK: - Loss

  struct LossCase: Decodable {
    let weights, logits, labels, losses, gradient: [Double]
    let loss: Double
  }

  /// Both sides compute in double; PyTorch cancels near saturation, to about 1e-16 absolute.
  @Test func binaryCrossEntropy() throws {
    for sample in try TorchFixture.json("binaryCrossEntropy", as: [LossCase].self) {
      var total = 0.0
      for (index, logit) in sample.logits.enumerated() {
        let value = BinaryCrossEntropy().evaluate(logit: logit, target: sample.labels[index])
        let weight = sample.weights[index]
        let count = Double(sample.logits.count)
        #expect(abs(value.loss * weight - sample.losses[index]) <= 1e-15 * max(1, sample.losses[index]))
        #expect(abs(value.gradient * weight / count - sample.gradient[index]) <= 2e-16)
        total += value.loss * weight / count
      }
      #expect(abs(total - sample.loss) < 1e-14 * sample.loss)
    }
  }

  // MARK: - Optimizer

  struct DescentCase: Decodable {
    let learningRate, momentum, weightDecay: Double
    let nesterov: Bool
    let start: [Float]
    let gradients, after: [[Float]]
  }

  /// In Float, five steps: a few roundings of 6e-8 each.
  @Test func gradientDescent() throws {
    let cases = try TorchFixture.json("sgd", as: [DescentCase].self).filter { !$0.nesterov }
    #expect(cases.count == 5)
    for descent in cases {
      let optimizer = SGD(
        learningRate: descent.learningRate, momentum: descent.momentum, weightDecay: descent.weightDecay)
      let parameters = try List<Float>(descent.start)
      let velocity = try List<Float>(count: descent.start.count)
      for (step, slopes) in descent.gradients.enumerated() {
        let gradient = try List<Float>(slopes)
        optimizer.update(
          UpdateTensors(parameters: parameters.values, gradient: gradient.values, memories: [velocity.values]),
          rate: descent.learningRate, step: step)
        #expect(relativeError(parameters.values.array(), descent.after[step]) < 3e-7)
      }
    }
  }

  // MARK: - A small network

  struct SmallRun: Decodable {
    struct Course: Decodable {
      let losses: [Double]
      let logits: [[Double]]
    }
    let labels: [Double]
    let learningRate, momentum, weightDecay: Double
    let float64: Course
  }

  static let small: [any Layer] = [
    Conv2d(channels: 4, kernel: Pair(5)), Relu(), Conv2d(channels: 6, kernel: Pair(3), stride: Pair(2)),
    Conv2d(channels: 5, kernel: Pair(3)), Relu(), MaxPool2d(kernel: Pair(2)), Conv2d(channels: 7, kernel: Pair(2)),
    Flatten(), Linear(outputs: 1),
  ]

  @Test func smallNetworkInDouble() throws { try trainSmall(Double.self, bound: 6e-8, logitBound: 1e-12) }

  /// PyTorch's own Float run is as far as 1e-6 from its Double run.
  @Test func smallNetworkInFloat() throws { try trainSmall(Float.self, bound: 2e-6, logitBound: 2e-6) }

  /// Three steps of gradient descent: logits and losses before each, gradients in the first, parameters at the end.
  private func trainSmall<Scalar: LaneScalar>(_: Scalar.Type, bound: Double, logitBound: Double) throws {
    let tensors = try TorchFixture.tensors("small")
    let tensor = { (name: String) in try #require(tensors[name]).values }
    let run = try TorchFixture.json("small", as: SmallRun.self)
    let plan = try NetworkPlan(Network(Self.small), input: Shape(channels: 3, height: 24, width: 24))
    let step = try DescentStep<Scalar>(
      plan, rate: run.learningRate, momentum: run.momentum, weightDecay: run.weightDecay)
    for slot in plan.parameters {
      step.executor.values(of: slot).copy(from: try tensor("initial.\(slot.name)").map { Scalar($0) })
    }
    for number in 0..<3 {
      step.executor.prepare()
      step.executor.input.set(try tensor("input").map { Scalar($0) })
      let (logits, loss) = step.gradients(labels: run.labels)
      #expect(relativeError(logits, run.float64.logits[number]) < logitBound)
      #expect(abs(loss / run.float64.losses[number] - 1) < logitBound)
      if number == 0 {
        for slot in plan.parameters {
          let error = try relativeError(
            step.executor.gradient(of: slot).array(), tensor("float64.gradient.\(slot.name)"))
          #expect(error < bound, "gradient of \(slot.name)")
        }
      }
      step.descend()
    }
    for slot in plan.parameters {
      let error = try relativeError(step.executor.values(of: slot).array(), tensor("float64.after3.\(slot.name)"))
      #expect(error < bound, "\(slot.name) after three steps")
    }
  }

  // MARK: - The homework

  struct HomeworkRun: Decodable {
    struct Parameter: Decodable {
      let name: String
      let shape: [Int]
      let gradientSum, gradientSquares: Double
      let gradientSamples, steppedSamples: [Double]
    }
    let images: Int
    let labels, inputStart, logits: [Double]
    let learningRate, momentum, weightDecay, loss: Double
    let parameters: [Parameter]
  }

  static let homeworkBounds = [5.0 / 32, 7.0 / 64, 7.0 / 64, 1.0 / 8, 3.0 / 256]

  /// The network of the course at its full size, in Float. Sums run over up to 39,200 products: 1e-5 is far from
  /// what is measured, and further from what a wrong index would do.
  @Test func homework() throws {
    let run = try TorchFixture.json("homework", as: HomeworkRun.self)
    let plan = try NetworkPlan(
      try #require(Network(preset: "homework")), input: Shape(channels: 3, height: 256, width: 256))
    #expect(plan.parameters.map(\.name) == run.parameters.map(\.name))
    #expect(plan.parameters.map(\.shape) == run.parameters.map(\.shape))
    let step = try DescentStep<Float>(
      plan, rate: run.learningRate, momentum: run.momentum, weightDecay: run.weightDecay)
    for (number, slot) in plan.parameters.enumerated() {
      let bound = number % 2 == 0 ? Self.homeworkBounds[number / 2] : 1 / 16
      step.executor.values(of: slot).copy(
        from: TorchFixture.formula(salt: UInt32(number + 1), count: slot.count, bound: bound))
    }
    let images = TorchFixture.formula(salt: 11, count: run.images * plan.input.count, bound: 1)
    #expect(Array(images.prefix(8)) == run.inputStart.map { Float($0) })
    step.executor.prepare()
    step.executor.input.set(images)

    let (logits, loss) = step.gradients(labels: run.labels)
    #expect(relativeError(logits, run.logits) < 1e-5)
    #expect(abs(loss / run.loss - 1) < 1e-5)
    for (slot, expected) in zip(plan.parameters, run.parameters) {
      let gradient = step.executor.gradient(of: slot).array().map { Double($0) }
      #expect(relativeError(sampled(gradient), expected.gradientSamples) < 1e-4, "\(slot.name)")
      #expect(abs(gradient.reduce(0) { $0 + $1 * $1 } / expected.gradientSquares - 1) < 1e-4, "\(slot.name)")
      let scale = (expected.gradientSquares * Double(slot.count)).squareRoot()
      #expect(abs(gradient.reduce(0, +) - expected.gradientSum) < 1e-4 * scale, "\(slot.name)")
    }
    step.descend()
    for (slot, expected) in zip(plan.parameters, run.parameters) {
      let stepped = sampled(step.executor.values(of: slot).array())
      #expect(relativeError(stepped, expected.steppedSamples) < 1e-5, "\(slot.name)")
    }
  }

  /// Sixteen entries spread evenly, as the fixture's.
  private func sampled<Value>(_ values: [Value]) -> [Value] {
    (0..<16).map { values[$0 * (values.count - 1) / 15] }
  }
}

/// One step of training by the parts that a trainer is made of: an executor, the loss, gradient descent.
private struct DescentStep<Scalar: LaneScalar> {
  let executor: Executor<Scalar>
  let rate: Double
  let momentum: Double
  let weightDecay: Double
  private let velocity: List<Scalar>

  init(_ plan: NetworkPlan, rate: Double, momentum: Double, weightDecay: Double) throws {
    executor = try Executor(plan, team: Team(threads: 2))
    velocity = try List(count: plan.parameterScalars)
    self.rate = rate
    self.momentum = momentum
    self.weightDecay = weightDecay
  }

  /// Forward and backward: the logits, and the mean loss of the images in the first lanes.
  func gradients(labels: [Double]) -> (logits: [Scalar], loss: Double) {
    executor.forward()
    let logits = executor.outputs.images(labels.count)
    let values = zip(logits, labels).map { BinaryCrossEntropy().evaluate(logit: Double($0), target: $1) }
    var slopes = Lanes<Scalar>()
    for (lane, value) in values.enumerated() { slopes[lane] = Scalar(value.gradient / Double(labels.count)) }
    executor.outputGradients[0, 0, 0] = slopes
    executor.backward()
    return (logits, values.reduce(0) { $0 + $1.loss } / Double(labels.count))
  }

  func descend() {
    MomentumStep(rate: Scalar(rate), momentum: Scalar(momentum), weightDecay: Scalar(weightDecay))
      .apply(to: executor.parameters, gradient: executor.gradients, velocity: velocity.values)
  }
}
