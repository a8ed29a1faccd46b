import Configuration
import Foundation
import Optimization
import Tensors
import Testing

/// Weight decay of weights alone, against PyTorch's two groups of parameters (Tests/Fixtures/torch/decay.py).
@Suite struct DecayTests {
  struct Fixture: Decodable {
    let slots: [String]
    let start: [[Float]]
    let gradients: [[[Float]]]
    let cases: [Case]
  }

  struct Case: Decodable {
    let keyword: String
    let settings: [String: Setting]
    let after: [[[Double]]]
  }

  enum Setting: Decodable {
    case number(Double), flag(Bool)

    init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer()
      self = if let flag = try? value.decode(Bool.self) { .flag(flag) } else { .number(try value.decode(Double.self)) }
    }

    var text: String {
      switch self {
      case .number(let value): "\(value)"
      case .flag(let value): "\(value)"
      }
    }
  }

  private static func fixture() throws -> Fixture {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures/torch/decay.json")
    return try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: file))
  }

  private static func optimizer(_ expected: Case, decay: String) throws -> any Optimizer {
    let settings = expected.settings.map { "\($0): \($1.text)" } + ["decay: \(decay)"]
    return try optimizerCatalogue.read(
      Document.parse("\(expected.keyword): {\(settings.joined(separator: ", "))}", file: "job"))
  }

  private static let kinds: [String: ParameterKind] = [
    "weight": .weight, "bias": .bias, "normalization": .normalization,
  ]

  /// Every parameter begins on a multiple of sixteen scalars, as a network lays them out.
  private static func slots(_ fixture: Fixture) throws -> [ParameterRange] {
    try zip(fixture.slots, fixture.start).enumerated().map { number, slot in
      ParameterRange(
        name: "\(number)", kind: try #require(kinds[slot.0]), range: 16 * number..<16 * number + slot.1.count)
    }
  }

  /// - Returns: what the parameters are after each step, by slot, and all scalars of memory at the end.
  private static func run(
    _ optimizer: any Optimizer, _ fixture: Fixture, _ slots: [ParameterRange]
  ) throws -> (steps: [[[Float]]], memory: [Float]) {
    let count = 16 * slots.count
    let storage = try Storage<Float>(count: count * (2 + optimizer.memories.count))
    return storage.withAll { all in
      let tensors = UpdateTensors(
        parameters: all.slice(0, count: count), gradient: all.slice(count, count: count),
        memories: optimizer.memories.indices.map { all.slice(count * (2 + $0), count: count) }, slots: slots)
      func values(_ slot: ParameterRange, of values: Values<Float>) -> Values<Float> {
        values.slice(slot.range.lowerBound, count: slot.range.count)
      }
      for (slot, start) in zip(slots, fixture.start) { values(slot, of: tensors.parameters).copy(from: start) }
      let steps = fixture.gradients.enumerated().map { step, gradients in
        for (slot, gradient) in zip(slots, gradients) { values(slot, of: tensors.gradient).copy(from: gradient) }
        optimizer.update(tensors, rate: optimizer.learningRate, step: step)
        return slots.map { values($0, of: tensors.parameters).array() }
      }
      return (steps, all.array())
    }
  }

  /// Single precision, five steps: a few roundings of 6e-8 of values near 2.
  @Test func weightsAloneAgreeWithTorch() throws {
    let fixture = try Self.fixture()
    let slots = try Self.slots(fixture)
    #expect(Set(fixture.cases.map(\.keyword)) == Set(optimizerCatalogue.keywords))
    for expected in fixture.cases {
      let found = try Self.run(Self.optimizer(expected, decay: "weights"), fixture, slots)
      for (step, truth) in expected.after.enumerated() {
        for (slot, pair) in zip(found.steps[step], truth).enumerated() {
          for (value, truth) in zip(pair.0, pair.1) {
            #expect(abs(Double(value) - truth) < 1e-6, "\(expected.keyword), step \(step), slot \(slot)")
          }
        }
      }
    }
  }

  /// What is not said is `all`, and `all` does not ask what a parameter is.
  @Test func allIsTheDefault() throws {
    let fixture = try Self.fixture()
    let slots = try Self.slots(fixture)
    let biases = slots.map { ParameterRange(name: $0.name, kind: .bias, range: $0.range) }
    for expected in fixture.cases {
      let settings = expected.settings.map { "\($0): \($1.text)" }.joined(separator: ", ")
      let unsaid = try optimizerCatalogue.read(Document.parse("\(expected.keyword): {\(settings)}", file: "job"))
      let memory = try Self.run(unsaid, fixture, slots).memory
      #expect(try Self.run(Self.optimizer(expected, decay: "all"), fixture, biases).memory == memory)
      let weights = try Self.run(Self.optimizer(expected, decay: "weights"), fixture, slots).memory
      #expect(weights != memory, "\(expected.keyword)")
    }
  }

  /// Every scalar is in one run, those between the parameters too.
  @Test func nothingIsLeftOut() throws {
    let count = 16 * 3
    let storage = try Storage<Float>(count: 3 * count)
    storage.withAll { all in
      let tensors = UpdateTensors(
        parameters: all.slice(0, count: count), gradient: all.slice(count, count: count),
        memories: [all.slice(2 * count, count: count)],
        slots: [
          ParameterRange(name: "a", kind: .bias, range: 0..<3),
          ParameterRange(name: "b", kind: .weight, range: 16..<20),
          ParameterRange(name: "c", kind: .normalization, range: 32..<33),
        ])
      tensors.gradient.fill(1)
      SGD(learningRate: 1, weightDecay: 0.5, decay: .weights).update(tensors, rate: 1, step: 0)
      #expect(tensors.parameters.array() == [Float](repeating: -1, count: count))
    }
  }
}
