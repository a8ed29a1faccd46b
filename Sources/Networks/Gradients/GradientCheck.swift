public import Tensors
public import Workers

/// Compares the gradients that layers compute with differences of the loss, in double precision.
///
/// Of every tensor some values are checked, drawn from the seed: each is shifted a little to both sides and the network
/// run again. Images fill one pack and part of a second one, and pass through it as in training: normalized over the batch,
/// with a fixed draw of dropout.
public struct GradientCheck: Sendable {
  /// Values checked in each tensor, all of them if it has fewer.
  public var samples = 16
  /// One pack and three images of a second one.
  public var images = laneCount + 3
  public var seed: UInt64 = 1

  public init() {}

  /// What was found about one tensor.
  public struct Finding: Sendable {
    /// The layer's number; nil for the network's input.
    public let layer: Int?
    /// `weight`, `bias` or `input`.
    public let tensor: String
    public let shape: [Int]
    public let checked: Int
    /// Values left out, because the loss has a kink within the smallest step: others were taken for them.
    public let kinks: Int
    /// The worst |analytic - numeric| / max(|analytic|, |numeric|, scale), where the scale is the greatest gradient of the
    /// tensor but at least `GradientCheck.leastScale`. Infinite if nothing could be checked, or a gradient is no number.
    public let worstError: Double
  }

  /// Gradients below it are compared absolutely: differences of a loss near 1 are rounded to some 1e-12.
  public static let leastScale = 1e-4

  /// Every parameter of a network, and its input if the plan takes that gradient, by the mean loss of the images: of
  /// random soft labels or, of more than two classes, random classes.
  /// - Parameter loss: one that accepts as many outputs as the network has.
  /// - Throws: `OutOfMemory`.
  public func check(_ plan: NetworkPlan, loss: any Loss, team: Team) throws(OutOfMemory) -> [Finding] {
    let random = CounterRandom(seed: seed, stream: RandomStream.gradientCheck - 1)
    let classes = plan.output.count
    let targets = (0..<images).map { image in
      let uniform = random.uniform(at: UInt64(image))
      return classes > 2 ? (uniform * Double(classes)).rounded(.down) : uniform
    }
    let share = 1 / Double(images)
    let objective = try Objective(plan, team: team, images: images, seed: seed) { image, outputs in
      let value = loss.evaluate(outputs: outputs, target: targets[image])
      return LossValue(loss: value.loss * share, gradients: value.gradients.map { $0 * share })
    }
    return findings(objective) { $0 }
  }

  /// One layer by itself, on random values of its shape, by a random weighting of its outputs: its parameters, then its
  /// input. Empty for a layer that only renames its shape.
  public func check(
    _ layer: NetworkPlan.PlannedLayer, convolution: ConvolutionChoice = .automatic, team: Team
  ) throws(OutOfMemory) -> [Finding] {
    // It took this shape in its network.
    guard
      let plan = try? NetworkPlan(
        Network([layer.layer]), input: layer.input, convolution: convolution, takesInputGradient: true),
      !plan.operations.isEmpty
    else { return [] }
    let size = plan.output.count
    let random = CounterRandom(seed: seed, stream: RandomStream.gradientCheck - 1)
    let weighting = (0..<size * images).map { 2 * random.uniform(at: UInt64($0)) - 1 }
    let objective = try Objective(plan, team: team, images: images, seed: seed) { image, outputs in
      let weights = weighting[image * size..<(image + 1) * size]
      return LossValue(loss: zip(weights, outputs).reduce(0) { $0 + $1.0 * $1.1 }, gradients: Array(weights))
    }
    return findings(objective) { _ in layer.index }
  }

  private func findings(_ objective: Objective, layer: (Int?) -> Int?) -> [Finding] {
    let executor = objective.executor
    let plan = executor.plan
    let gradients = objective.gradients()
    var findings = plan.parameters.map { slot in
      let stage = plan.operations.firstIndex { $0.layer == slot.layer } ?? 0
      let values = executor.values(of: slot)
      return finding(
        layer(slot.layer), String(slot.name.split(separator: ".").last ?? ""), slot.shape,
        analytic: Array(gradients.parameters[slot.offset..<slot.offset + slot.count]),
        center: objective.value(prepares: true)
      ) { index, step in
        let kept = values[index]
        values[index] += step
        defer { values[index] = kept }
        return objective.value(from: stage, prepares: true)
      }
    }
    guard !gradients.input.isEmpty else { return findings }
    findings.append(
      finding(
        layer(nil), "input", plan.input.axes, analytic: gradients.input, center: objective.value(prepares: true)
      ) { index, step in
        objective.shift(input: index, by: step)
        defer { objective.shift(input: index, by: -step) }
        return objective.value(prepares: false)
      })
    return findings
  }

  /// - Parameter value: of the objective, with one value of the tensor shifted by a step.
  private func finding(
    _ layer: Int?, _ tensor: String, _ shape: [Int], analytic: [Double], center: Double,
    _ value: (_ index: Int, _ step: Double) -> Double
  ) -> Finding {
    let scale = max(analytic.map(\.magnitude).max() ?? 0, Self.leastScale)
    var difference = SmoothDifference(scale: scale)
    var (checked, kinks, worst) = (0, 0, 0.0)
    for index in candidates(analytic.count) where checked < samples {
      guard let numeric = difference.derivative(center: center, { value(index, $0) }) else {
        kinks += 1
        continue
      }
      let error = abs(analytic[index] - numeric) / max(abs(analytic[index]), abs(numeric), scale)
      worst = error.isNaN ? .infinity : max(worst, error)
      checked += 1
    }
    let isSound = checked > 0 && analytic.allSatisfy(\.isFinite)
    return Finding(
      layer: layer, tensor: tensor, shape: shape, checked: checked, kinks: kinks,
      worstError: isSound ? worst : .infinity)
  }

  /// Places to check, without repeats: some more than are wanted, for those at kinks.
  private func candidates(_ count: Int) -> [Int] {
    guard count > 4 * samples else { return (0..<4).flatMap { stride(from: $0, to: count, by: 4) } }
    let random = CounterRandom(seed: seed, stream: RandomStream.gradientCheck - 2)
    // One in each of as many equal runs, so that the images of a batch and the channels of a kernel all have their turn,
    // in an order that spreads them from the first to the last.
    let runs = 4 * samples
    return (0..<runs).map { turn in
      let run = turn % samples * 4 + turn / samples
      let (start, end) = (count * run / runs, count * (run + 1) / runs)
      return start + random.index(below: end - start, at: UInt64(turn))
    }
  }
}

extension Shape {
  var axes: [Int] { isFlat ? [count] : [channels, height, width] }
}
