public import Kernels
public import Tensors
public import Workers

/// A planned network with memory: runs packs of sixteen images forward and backward.
///
/// All memory is taken when it is made; steps allocate nothing, and one pack at a time passes through,
/// however large the batch is. Not for use by two threads at once: the team works inside.
public final class Executor<Scalar: LaneScalar> {
  public let plan: NetworkPlan
  public let team: Team
  /// All parameters and this pack's gradients, laid out by `plan.parameters`.
  public let parameters: Values<Scalar>
  public let gradients: Values<Scalar>
  private let lanes: Storage<Lanes<Scalar>>
  private let scalars: Storage<Scalar>
  private let kept: Storage<SIMD16<UInt8>>
  private let passes: [Pass<Scalar>]
  private let inputTensor: PackView<Scalar>
  private let outputTensor: PackView<Scalar>
  private let outputGradientTensor: PackView<Scalar>

  /// - Throws: `OutOfMemory`.
  public init(_ plan: NetworkPlan, team: Team) throws(OutOfMemory) {
    self.plan = plan
    self.team = team
    let needs = plan.stages.map(\.needs)
    let arena = Arena(stages: plan.stages, input: plan.input)
    let scratchVectors = needs.map(\.scratch).max() ?? 0
    let lanePartials = needs.map(\.lanePartials).max() ?? 0
    let partials = needs.map(\.partials).max() ?? 0
    let prepared = needs.map { $0.prepared.roundedUp(to: laneCount) }

    lanes = try Storage(count: arena.vectorCount + team.threads * scratchVectors + lanePartials)
    scalars = try Storage(count: 2 * plan.parameterScalars + partials + prepared.reduce(0, +))
    kept = try Storage(count: needs.reduce(0) { $0 + $1.kept })
    parameters = scalars.slice(at: 0, count: plan.parameterScalars)
    gradients = scalars.slice(at: plan.parameterScalars, count: plan.parameterScalars)

    let memory = Workspace(
      lanes: lanes, scalars: scalars, kept: kept, arena: arena, scratchVectors: scratchVectors,
      lanePartials: lanePartials,
      partials: partials, firstScalar: 2 * plan.parameterScalars)
    passes = memory.passes(plan: plan, team: team, parameters: parameters, gradients: gradients, prepared: prepared)
    inputTensor = memory.view(arena.activations[0])
    let last = arena.activations.count - 1
    outputTensor = memory.view(arena.activations[last])
    outputGradientTensor = memory.view(arena.gradients[last] ?? arena.activations[last])
  }

  /// Bytes taken for tensors, parameters and scratch.
  public var memoryBytes: Int {
    lanes.count * MemoryLayout<Lanes<Scalar>>.stride + scalars.count * MemoryLayout<Scalar>.stride
      + kept.count * laneCount
  }

  /// The views of one parameter and of its gradient.
  public func values(of slot: ParameterSlot) -> Values<Scalar> { parameters.slice(slot.offset, count: slot.count) }
  public func gradient(of slot: ParameterSlot) -> Values<Scalar> { gradients.slice(slot.offset, count: slot.count) }

  /// To be called when the parameters have changed, before the next pass.
  public func prepare() {
    for (stage, pass) in zip(plan.stages, passes) { stage.operation.prepare(pass) }
  }

  /// Fills the input with up to sixteen images of planar bytes.
  public func load(_ images: [[UInt8]], scales: [PixelScale]) {
    let rows = shares(of: inputTensor.height)
    team.run(rows.count) { share, _ in
      packImages(rows: rows.range(share), images, scales: scales, into: inputTensor)
    }
  }

  /// The input as it lies in memory: [channel, row, column] of sixteen images.
  public var input: PackView<Scalar> { inputTensor }

  /// The last layer's values: `plan.output.count` vectors, one for each output.
  public var outputs: PackView<Scalar> { outputTensor }

  /// The gradient of the loss with respect to the outputs, to be set before `backward`; zero in unused lanes.
  public var outputGradients: PackView<Scalar> { outputGradientTensor }

  public func forward() {
    for stage in plan.stages.indices { forward(stage: stage) }
  }

  /// One operation's share of `forward`; all before it must have run.
  public func forward(stage index: Int) {
    plan.stages[index].operation.forward(passes[index])
  }

  /// Computes `gradients` from `outputGradients` and what `forward` left behind, which it may overwrite.
  public func backward() {
    for stage in plan.stages.indices.reversed() { backward(stage: stage) }
  }

  /// One operation's share of `backward`; all behind it must have run.
  public func backward(stage index: Int) {
    let stage = plan.stages[index]
    let pass = passes[index]
    if index == plan.stages.count - 1 && stage.leavesMasking { mask(outputGradientTensor, by: outputTensor) }
    guard stage.isTrained else { return }
    stage.operation.backward(pass)
    if let inputGradient = pass.inputGradient, pass.inputIsRectified, !stage.needs.masksInputGradient {
      mask(inputGradient, by: pass.input)
    }
  }

  private func mask(_ gradient: PackView<Scalar>, by activation: PackView<Scalar>) {
    team.run(gradient.channels) { channel, _ in
      rectifierGradient(channel: channel, activation: activation, gradient, into: gradient)
    }
  }
}

/// Cuts an executor's memory into the views of its passes.
private struct Workspace<Scalar: LaneScalar> {
  let lanes: Storage<Lanes<Scalar>>
  let scalars: Storage<Scalar>
  let kept: Storage<SIMD16<UInt8>>
  let arena: Arena
  let scratchVectors: Int
  let lanePartials: Int
  let partials: Int
  let firstScalar: Int

  func view(_ place: Arena.Place) -> PackView<Scalar> {
    PackView(lanes.slice(at: place.offset, count: place.layout.vectorCount), layout: place.layout)
  }

  func passes(
    plan: NetworkPlan, team: Team, parameters: Values<Scalar>, gradients: Values<Scalar>, prepared: [Int]
  ) -> [Pass<Scalar>] {
    let scratch = (0..<team.threads).map { worker in
      lanes.slice(at: arena.vectorCount + worker * scratchVectors, count: scratchVectors)
    }
    var nextPrepared = firstScalar + partials
    var nextKept = 0
    return plan.stages.indices.map { index in
      let stage = plan.stages[index]
      let slots = plan.parameters.filter { $0.layer == stage.layer }
      defer {
        nextPrepared += prepared[index]
        nextKept += stage.needs.kept
      }
      return Pass(
        team: team, input: view(arena.activations[index]), output: view(arena.activations[index + 1]),
        outputGradient: view(arena.gradients[index + 1] ?? arena.activations[index + 1]),
        inputGradient: arena.gradients[index].map(view),
        parameters: slots.map { parameters.slice($0.offset, count: $0.count) },
        gradients: slots.map { gradients.slice($0.offset, count: $0.count) },
        prepared: scalars.slice(at: nextPrepared, count: prepared[index]),
        partials: scalars.slice(at: firstScalar, count: partials),
        lanePartials: lanes.slice(
          at: arena.vectorCount + team.threads * scratchVectors, count: lanePartials),
        kept: kept.slice(at: nextKept, count: stage.needs.kept), scratch: scratch, rectifiesOutput: stage.isRectified,
        inputIsRectified: index > 0 && plan.stages[index - 1].leavesMasking)
    }
  }
}
