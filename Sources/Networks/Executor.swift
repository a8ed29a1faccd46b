public import Kernels
public import Tensors
public import Workers

/// What an executor is for. Inference keeps nothing for a way back, and does layers while it stores those before them.
public enum ExecutorPurpose: Sendable {
  case training
  case inference
}

/// A planned network with memory: runs packs of sixteen images forward and backward.
///
/// All memory is taken when it is made; steps allocate no tensors. Packs pass through one by one, however large the batch
/// is, unless a layer couples the images of a batch (`NetworkPlan.couplesImages`): then all its packs need memory at the
/// same time. Not for use by two threads at once: the team works inside.
public final class Executor<Scalar: LaneScalar> {
  public let plan: NetworkPlan
  public let team: Team
  public let purpose: ExecutorPurpose
  /// Packs that it has memory for.
  public let packs: Int
  /// All parameters, laid out by `plan.parameters`, and statistics, by `plan.statistics`.
  public let parameters: Values<Scalar>
  public let statistics: Values<Scalar>
  private let lanes: Storage<Lanes<Scalar>>
  private let scalars: Storage<Scalar>
  private let kept: Storage<SIMD16<UInt8>>
  let places: [PackPlaces<Scalar>]
  private let steps: [InferenceStep]
  /// Of each step of inference, on the first pack.
  let inferencePasses: [Pass<Scalar>]
  let epilogues: [Epilogue<Scalar>]

  /// - Parameters:
  ///   - packs: that training passes will hold at a time.
  ///   - purpose: an executor for inference has no gradients, and cannot run a single stage or a training pass.
  /// - Throws: `OutOfMemory`.
  public init(
    _ plan: NetworkPlan, team: Team, packs: Int = 1, purpose: ExecutorPurpose = .training
  ) throws(OutOfMemory) {
    self.plan = plan
    self.team = team
    self.packs = packs
    self.purpose = purpose
    let workspace = WorkspaceLayout(plan, threads: team.threads, packs: packs, purpose: purpose)
    lanes = try Storage(count: workspace.lanes)
    scalars = try Storage(count: workspace.scalars)
    kept = try Storage(count: workspace.keptBytes)
    let memory = Workspace(plan: plan, layout: workspace, team: team, lanes: lanes, scalars: scalars, kept: kept)
    parameters = memory.parameters
    statistics = memory.statistics
    let places = (0..<packs).map(memory.places)
    self.places = places
    steps = purpose == .inference ? InferenceStep.steps(plan.stages) : []
    inferencePasses = steps.map { $0.pass(places[0].passes) }
    epilogues = steps.map { $0.epilogue(places[0].passes) }
  }

  /// Bytes taken for tensors, parameters and scratch.
  public var memoryBytes: Int {
    lanes.count * MemoryLayout<Lanes<Scalar>>.stride + scalars.count * MemoryLayout<Scalar>.stride
      + kept.count * MemoryLayout<SIMD16<UInt8>>.stride
  }

  /// What `memoryBytes` will be.
  public static func memoryBytes(
    of plan: NetworkPlan, threads: Int, packs: Int, purpose: ExecutorPurpose = .training
  ) -> Int {
    let layout = WorkspaceLayout(plan, threads: threads, packs: packs, purpose: purpose)
    let lanes = layout.lanes.times(MemoryLayout<Lanes<Scalar>>.stride)
    let kept = layout.keptBytes.times(MemoryLayout<SIMD16<UInt8>>.stride)
    return lanes.plus(layout.scalars.times(MemoryLayout<Scalar>.stride)).plus(kept)
  }

  /// The views of one parameter, of its gradient for the first pack, and of one statistic.
  public func values(of slot: ParameterSlot) -> Values<Scalar> { parameters.slice(slot.offset, count: slot.count) }
  public func gradient(of slot: ParameterSlot) -> Values<Scalar> { gradients.slice(slot.offset, count: slot.count) }
  public func statistic(of slot: ParameterSlot) -> Values<Scalar> { statistics.slice(slot.offset, count: slot.count) }

  /// The parameters' gradients for the first pack, and for any, laid out as the parameters.
  public var gradients: Values<Scalar> { gradients(of: 0) }
  public func gradients(of pack: Int) -> Values<Scalar> { places[pack].gradients }

  /// To be called when the parameters have changed, before the next pass.
  public func prepare() {
    for (stage, pass) in zip(plan.stages, places[0].passes) { stage.operation.prepare(pass) }
    for step in steps { step.prepare(places[0].passes, plan.stages) }
  }

  /// Fills the input with up to sixteen images of planar bytes, [channel][row][column] or one plane for all channels.
  public func load(_ images: [[UInt8]], scales: [PixelScale], pack: Int = 0) {
    let input = input(of: pack)
    let rows = shares(of: input.height)
    team.run(rows.count) { share, _ in
      packImages(rows: rows.range(share), images, scales: scales, into: input)
    }
  }

  /// The input as it lies in memory: [channel, row, column] of sixteen images.
  public var input: PackView<Scalar> { input(of: 0) }
  public func input(of pack: Int) -> PackView<Scalar> { places[pack].input }

  /// The last layer's values: `plan.output.count` vectors, one for each output.
  public var outputs: PackView<Scalar> { outputs(of: 0) }
  public func outputs(of pack: Int) -> PackView<Scalar> { places[pack].output }

  /// The gradient of the loss with respect to the outputs, to be set before `backward`; zero in unused lanes.
  public var outputGradients: PackView<Scalar> { outputGradients(of: 0) }
  public func outputGradients(of pack: Int) -> PackView<Scalar> { places[pack].outputGradient }

  /// The gradient of the loss with respect to the input, if the plan takes it.
  public func inputGradient(of pack: Int) -> PackView<Scalar>? { places[pack].inputGradient }

  /// Inference on the first pack.
  public func forward() {
    switch purpose {
    case .training: for stage in plan.stages.indices { forward(stage: stage) }
    case .inference: for step in steps.indices { forward(step: step) }
    }
  }

  /// One step of inference; all before it must have run.
  func forward(step index: Int) {
    steps[index].forward(inferencePasses[index], plan.stages, epilogues[index])
  }

  /// One operation's share of `forward`; all before it must have run.
  public func forward(stage index: Int) {
    precondition(purpose == .training, "an executor for inference runs several stages at once")
    plan.stages[index].operation.forward(places[0].passes[index])
  }

  /// The training pass, on the packs that hold `draw.images`.
  public func forward(training draw: TrainingDraw) {
    for stage in plan.stages.indices { forward(stage: stage, training: draw) }
  }

  /// One operation's share of it.
  public func forward(stage index: Int, training draw: TrainingDraw) {
    plan.stages[index].operation.forward(BatchPass(packs: passes(of: index, draw), draw: draw))
  }

  /// Computes the gradients of each pack from the gradients of its outputs and what `forward(training:)` left behind,
  /// which it may overwrite.
  public func backward(training draw: TrainingDraw) {
    for stage in plan.stages.indices.reversed() { backward(stage: stage, training: draw) }
  }

  /// One operation's share of it; all behind it must have run.
  public func backward(stage index: Int, training draw: TrainingDraw) {
    let stage = plan.stages[index]
    let passes = passes(of: index, draw)
    if index == plan.stages.count - 1 && stage.leavesMasking {
      for pass in passes { mask(pass.outputGradient, by: pass.output) }
    }
    guard stage.isTrained else { return }
    stage.operation.backward(BatchPass(packs: passes, draw: draw))
    guard !stage.needs.masksInputGradient else { return }
    for pass in passes where pass.inputIsRectified {
      if let gradient = pass.inputGradient { mask(gradient, by: pass.input) }
    }
  }

  private func passes(of stage: Int, _ draw: TrainingDraw) -> [Pass<Scalar>] {
    precondition(purpose == .training, "an executor for inference does not train")
    precondition((1...packs).contains(draw.packs), "a training pass has as many packs as there is memory for")
    return places[..<draw.packs].map { $0.passes[stage] }
  }

  private func mask(_ gradient: PackView<Scalar>, by activation: PackView<Scalar>) {
    team.run(gradient.channels) { channel, _ in
      rectifierGradient(channel: channel, activation: activation, gradient, into: gradient)
    }
  }
}

extension Executor {
  /// The gradients of one full pack after `forward(training: TrainingDraw(images: laneCount))`, or after `forward` in a
  /// network without layers that do something else in training.
  public func backward() { backward(training: TrainingDraw(images: laneCount)) }

  /// The first layer whose output, in the first packs, holds a number that is not finite; nil if there is none. To be asked
  /// between a forward pass and `backward`, which overwrites what it reads.
  public func firstNonFiniteLayer(packs: Int = 1) -> Int? {
    plan.stages.indices.first { index in
      (0..<packs).contains { pack in !isFinite(places[pack].passes[index].output) }
    }.map { plan.stages[$0].layer }
  }

  private func isFinite(_ tensor: PackView<Scalar>) -> Bool {
    (0..<tensor.channels).allSatisfy { channel in Kernels.isFinite(channel: channel, of: tensor) }
  }
}
