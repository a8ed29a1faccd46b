import Charts
import Configuration
import Optimization
import Tensors

/// The first steps of every optimizer down the same narrow valley.
struct OptimizerTopic: Lesson {
  static let name = "optimizer"
  static let summary = "every optimizer's way down a narrow valley, step by step"

  private static let steps = 40
  /// The valley is L = (x^2 + 20 y^2) / 2: twenty times as steep in one direction as in the other.
  private static let curvature: [Float] = [1, 20]
  private static let start: [Float] = [-4, 1]

  private static let settings: KeyValuePairs = [
    "sgd": "sgd: {learningRate: 0.04}", "momentum": "sgd: {learningRate: 0.04, momentum: 0.8}",
    "rmsprop": "rmsprop: {learningRate: 0.15}", "adagrad": "adagrad: {learningRate: 0.8}",
    "adam": "adam: {learningRate: 0.3}", "adamw": "adamw: {learningRate: 0.3}",
  ]

  private let ways: [(settings: String, points: [[Float]])]

  init(_ arguments: [String]) throws {
    guard arguments.isEmpty else {
      throw LessonError.arguments("optimizer takes no arguments; `kiln explain \(arguments[0])` explains its keys")
    }
    ways = try Self.settings.map { ($0.value, try Self.way($0.value)) }
  }

  /// Where the optimizer itself is after 0, 1, 2, … steps.
  private static func way(_ settings: String) throws -> [[Float]] {
    let optimizer = try optimizerCatalogue.read(Document.parse(settings, file: "optimizer"))
    let memory = try Storage<Float>(count: 2 * (2 + optimizer.memories.count))
    return memory.withAll { all in
      let (place, slope) = (all.slice(0, count: 2), all.slice(2, count: 2))
      let memories = optimizer.memories.indices.map { all.slice(4 + 2 * $0, count: 2) }
      place.copy(from: start)
      return [start]
        + (0..<steps).map { step in
          for axis in 0..<2 { slope[axis] = curvature[axis] * place[axis] }
          optimizer.update(
            UpdateTensors(parameters: place, gradient: slope, memories: memories), rate: optimizer.learningRate,
            step: step)
          return place.array()
        }
    }
  }

  private static func loss(_ point: [Float]) -> Double {
    Double(zip(curvature, point).reduce(0) { $0 + $1.0 * $1.1 * $1.1 } / 2)
  }

  func text() -> String {
    let shown = [0, 1, 2, 3, 5, 10, 20, Self.steps]
    var table = Table([.left("optimizer")] + shown.map { .right("\($0)") })
    for way in ways { table.append([way.settings] + shown.map { fixed(Self.loss(way.points[$0]), 3) }) }
    return """
      L = (x^2 + 20 y^2) / 2 from x = -4, y = 1: a valley that is twenty times as steep across as along.
      The loss after so many steps:

      \(table.text)

      One rate for both directions (sgd) must be small enough for the steep one, and crawls along the other. Momentum gathers
      speed where the gradient stays, and cancels it where it changes its sign. RMSProp, Adagrad and Adam divide each
      direction's step by the size of its own gradients. --svg FILE draws the curves; `kiln explain adam` explains the keys.
      """
  }

  var svg: String? {
    ComparisonChart(
      title: "Down a narrow valley", panel: "Loss",
      curves: ways.map { way in RunCurve(name: way.settings, values: way.points.map(Self.loss)) },
      horizontal: "step, from 1 at the start"
    ).svg()
  }
}
