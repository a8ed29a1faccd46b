import Configuration
import Kernels
import Networks
import Tensors
import Workers

/// A small network in double precision whose loss is a fixed random weighting of its outputs: everything a
/// gradient can be checked with.
struct Probe {
  let executor: Executor<Double>
  let plan: NetworkPlan
  private let weighting: [Lanes<Double>]

  init(
    _ layers: [any Layer], input: Shape, threads: Int = 2, seed: UInt64 = 5,
    convolution: ConvolutionChoice = .direct
  ) throws {
    plan = try NetworkPlan(Network(layers), input: input, convolution: convolution)
    executor = try Executor<Double>(plan, team: Team(threads: threads))
    weighting = Probe.random(plan.output.count, seed: seed + 1)
    for (number, slot) in plan.parameters.enumerated() {
      let random = CounterRandom(seed: seed, stream: 100 + UInt64(number))
      executor.values(of: slot).copy(from: (0..<slot.count).map { random.uniform(at: UInt64($0)) - 0.5 })
    }
    setInput(Probe.random(input.count, seed: seed))
  }

  static func random(_ count: Int, seed: UInt64) -> [Lanes<Double>] {
    let random = CounterRandom(seed: seed, stream: 1)
    return (0..<count).map { index in
      var lanes = Lanes<Double>()
      for lane in 0..<laneCount { lanes[lane] = 2 * random.uniform(at: UInt64(index * laneCount + lane)) - 1 }
      return lanes
    }
  }

  /// Calls `body` with the place of every pixel, in the order channel, row, column.
  static func forEachPixel(_ view: PackView<Double>, _ body: (Int, Int, Int) -> Void) {
    for c in 0..<view.channels {
      for y in 0..<view.height {
        for x in 0..<view.width { body(c, y, x) }
      }
    }
  }

  func setInput(_ values: [Lanes<Double>]) {
    var next = 0
    Probe.forEachPixel(executor.input) { c, y, x in
      executor.input[c, y, x] = values[next]
      next += 1
    }
  }

  func loss() -> Double {
    executor.prepare()
    executor.forward()
    var total = 0.0
    var next = 0
    Probe.forEachPixel(executor.outputs) { c, y, x in
      total += Double.laneSum(executor.outputs[c, y, x] * weighting[next])
      next += 1
    }
    return total
  }

  /// The gradients of every parameter, by the layers themselves.
  func gradients() -> [[Double]] {
    _ = loss()
    var next = 0
    Probe.forEachPixel(executor.outputGradients) { c, y, x in
      executor.outputGradients[c, y, x] = weighting[next]
      next += 1
    }
    executor.backward()
    return plan.parameters.map { executor.gradient(of: $0).array() }
  }

  /// The gradients by central differences: loss(w + h) - loss(w - h) over 2h. Each parameter counts
  /// at most `most` entries, spread evenly.
  func differences(most: Int = 40, step: Double = 1e-5) -> [[Int: Double]] {
    plan.parameters.map { slot in
      let values = executor.values(of: slot)
      let stride = max(1, slot.count / most)
      var result: [Int: Double] = [:]
      for index in Swift.stride(from: 0, to: slot.count, by: stride) {
        let kept = values[index]
        values[index] = kept + step
        let above = loss()
        values[index] = kept - step
        let below = loss()
        values[index] = kept
        result[index] = (above - below) / (2 * step)
      }
      return result
    }
  }

  /// The worst difference between the two, relative to the greatest gradient of its tensor.
  func worstRelativeError() -> Double {
    let analytic = gradients()
    var worst = 0.0
    for (exact, numeric) in zip(analytic, differences()) {
      let scale = max(exact.map(abs).max() ?? 0, 1e-12)
      for (index, value) in numeric { worst = max(worst, abs(exact[index] - value) / scale) }
    }
    return worst
  }
}
