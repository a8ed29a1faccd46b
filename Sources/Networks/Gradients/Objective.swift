import Tensors
import Workers

/// A number that a network in double precision makes of a batch of random images, with its gradient: what gradients are
/// checked on. Lanes without an image hold rubbish, which must not show.
struct Objective {
  /// What the outputs of one image are worth.
  typealias Judgement = (_ image: Int, _ outputs: [Double]) -> LossValue

  let executor: Executor<Double>
  let draw: TrainingDraw
  private let judge: Judgement

  init(_ plan: NetworkPlan, team: Team, images: Int, seed: UInt64, judge: @escaping Judgement) throws(OutOfMemory) {
    draw = TrainingDraw(images: images, seed: seed)
    executor = try Executor(plan, team: team, packs: draw.packs)
    self.judge = judge
    executor.initialize(seed: seed)
    // Biases of zero and scales of one would hide mistakes.
    for (number, slot) in plan.parameters.enumerated() {
      let random = CounterRandom(seed: seed, stream: RandomStream.gradientCheck + 1 + UInt64(number))
      let values = executor.values(of: slot)
      for index in 0..<slot.count { values[index] += 0.2 * random.uniform(at: UInt64(index)) - 0.1 }
    }
    let random = CounterRandom(seed: seed, stream: RandomStream.gradientCheck)
    for place in 0..<draw.packs * laneCount * plan.input.count {
      let value = 2 * random.uniform(at: UInt64(place)) - 1
      let isUsed = place / plan.input.count < images
      shift(input: place, by: isUsed ? value : 1000 * value)
    }
  }

  /// Adds to one value of the input: `place` counts images, each in the order channel, row, column.
  func shift(input place: Int, by step: Double) {
    let (image, pixel) = place.quotientAndRemainder(dividingBy: executor.plan.input.count)
    executor.input(of: image / laneCount)[value: pixel][image % laneCount] += step
  }

  /// Its value, when nothing has changed before the given stage since the last time, and parameters only if `prepares`.
  func value(from first: Int = 0, prepares: Bool) -> Double {
    if prepares { executor.prepare() }
    for stage in first..<max(first, executor.plan.operations.count) {
      executor.forward(stage: stage, training: draw)
    }
    return (0..<draw.images).reduce(0) { $0 + judge($1, outputs(of: $1)).loss }
  }

  /// - Returns: the gradient of all parameters, as they are laid out, and of the input, by image.
  func gradients() -> (parameters: [Double], input: [Double]) {
    _ = value(prepares: true)
    for pack in 0..<draw.packs {
      let view = executor.outputGradients(of: pack)
      for index in 0..<view.count { view[value: index] = Lanes(repeating: 0) }
    }
    for image in 0..<draw.images { setGradient(of: image, judge(image, outputs(of: image)).gradients) }
    executor.backward(training: draw)
    var parameters = [Double](repeating: 0, count: executor.plan.parameterScalars)
    for pack in 0..<draw.packs {
      for (index, value) in executor.gradients(of: pack).array().enumerated() { parameters[index] += value }
    }
    let input = (0..<draw.images).flatMap { image in
      executor.inputGradient(of: image / laneCount).map { values(of: $0, lane: image % laneCount) } ?? []
    }
    return (parameters, input)
  }

  private func outputs(of image: Int) -> [Double] {
    values(of: executor.outputs(of: image / laneCount), lane: image % laneCount)
  }

  private func setGradient(of image: Int, _ gradient: [Double]) {
    let view = executor.outputGradients(of: image / laneCount)
    for (index, slope) in gradient.enumerated() { view[value: index][image % laneCount] = slope }
  }

  private func values(of view: PackView<Double>, lane: Int) -> [Double] {
    (0..<view.count).map { view[value: $0][lane] }
  }
}
