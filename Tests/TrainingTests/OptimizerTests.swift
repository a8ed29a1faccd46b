import Configuration
import Kernels
import Networks
import Optimization
import Tensors
import Testing
import Training
import Workers

/// Twenty steps of every optimizer on a small network, against PyTorch in double precision.
@Suite struct OptimizerTests {
  struct Case: Decodable {
    let keyword: String
    let settings: [String: Setting]
    let clipNorm: Double?
    let losses: [Double]

    enum Setting: Decodable {
      case number(Double), flag(Bool)

      init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        self =
          if let flag = try? value.decode(Bool.self) { .flag(flag) } else { .number(try value.decode(Double.self)) }
      }

      var text: String {
        switch self {
        case .number(let value): "\(value)"
        case .flag(let value): "\(value)"
        }
      }
    }

    func optimizer() throws -> any Optimizer {
      let text = settings.map { "\($0): \($1.text)" }.joined(separator: ", ")
      return try optimizerCatalogue.read(Document.parse("\(keyword): {\(text)}", file: "job"))
    }
  }

  static let layers: [any Layer] = [
    Conv2d(channels: 4, kernel: Pair(5)), Relu(), Conv2d(channels: 6, kernel: Pair(3), stride: Pair(2)),
    Conv2d(channels: 5, kernel: Pair(3)), Relu(), MaxPool2d(kernel: Pair(2)), Conv2d(channels: 7, kernel: Pair(2)),
    Flatten(), Linear(outputs: 1),
  ]

  @Test(arguments: 0..<12) func agreesWithTorch(number: Int) throws {
    let cases = try Torch.json("optimizers", as: [Case].self)
    #expect(cases.count == 12)
    let expected = cases[number]
    let final = try Torch.tensors("optimizers")
    let run = try SmallRun(expected.optimizer(), clipNorm: expected.clipNorm)
    for (step, loss) in expected.losses.enumerated() {
      #expect(abs(run.step(step) - loss) < 1e-5 * loss, "\(expected.keyword), step \(step)")
    }
    for slot in run.executor.plan.parameters {
      let truth = try #require(final["\(number).\(slot.name)"])
      for (value, expected) in zip(run.executor.values(of: slot).array(), truth) {
        #expect(abs(value - expected) < 1e-4 * max(abs(expected), 0.1), "\(slot.name)")
      }
    }
    // The loss has changed by more than what the bounds forgive.
    #expect(abs(expected.losses[19] - expected.losses[0]) > 0.01)
  }

  @Test func nesterovNeedsMomentum() throws {
    #expect(throws: ConfigurationError.self) {
      try optimizerCatalogue.read(Document.parse("sgd: {learningRate: 0.1, nesterov: true}", file: "job"))
    }
  }
}

/// The small network of Tests/Fixtures/torch/small.safetensors in single precision.
private struct SmallRun {
  let executor: Executor<Float>
  private let optimizer: any Optimizer
  private let clipNorm: Double?
  private let memories: [Values<Float>]
  private let storage: Storage<Float>
  private let labels: [Float]

  init(_ optimizer: any Optimizer, clipNorm: Double?) throws {
    let tensors = try Torch.tensors("small")
    let plan = try NetworkPlan(
      Network(OptimizerTests.layers), input: Shape(channels: 3, height: 24, width: 24))
    executor = try Executor(plan, team: Team(threads: 2))
    self.optimizer = optimizer
    self.clipNorm = clipNorm
    let count = plan.parameterScalars
    storage = try Storage(count: count * optimizer.memories.count)
    memories = optimizer.memories.indices.map { [storage] in storage.slice(at: $0 * count, count: count) }
    labels = try #require(tensors["labels"])
    for slot in plan.parameters {
      executor.values(of: slot).copy(from: try #require(tensors["initial.\(slot.name)"]))
    }
    let images = try #require(tensors["input"])
    for (place, value) in images.enumerated() {
      let (image, pixel) = place.quotientAndRemainder(dividingBy: 3 * 24 * 24)
      executor.input.at(pixel / 576, pixel / 24 % 24, pixel % 24).pointee[image] = value
    }
  }

  /// - Returns: the mean loss before the step.
  func step(_ step: Int) -> Double {
    executor.prepare()
    executor.forward()
    var slopes = Lanes<Float>(repeating: 0)
    var loss = 0.0
    for (lane, label) in labels.enumerated() {
      let value = BinaryCrossEntropy().evaluate(
        logit: Double(executor.outputs[0, 0, 0][lane]), target: Double(label))
      slopes[lane] = Float(value.gradient / Double(labels.count))
      loss += value.loss / Double(labels.count)
    }
    executor.outputGradients[0, 0, 0] = slopes
    executor.backward()
    if let clipNorm { Gradient.clip(executor.gradients, to: clipNorm) }
    optimizer.update(
      UpdateTensors(parameters: executor.parameters, gradient: executor.gradients, memories: memories),
      rate: optimizer.learningRate, step: step)
    return loss
  }
}
