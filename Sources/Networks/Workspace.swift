import Tensors
import Workers

/// How much memory an executor takes, and what lies where in it.
///
/// Vectors: the tensors of each pack, one scratch for each worker, partial sums. Scalars: parameters, statistics, what
/// operations prepare, and for each pack gradients and partial sums.
struct WorkspaceLayout: Sendable {
  let arena: Arena
  let scratch: Int
  let lanePartials: Int
  let partials: Int
  /// Of each stage.
  let prepared: [Int]
  let kept: [Int]
  let keptByPack: Int
  /// Of each pack; none for inference.
  let gradientScalars: Int
  let firstPrepared: Int
  let firstPackScalar: Int
  let scalarsByPack: Int
  let lanes: Int
  let scalars: Int
  let keptBytes: Int

  init(_ plan: NetworkPlan, threads: Int, packs: Int, purpose: ExecutorPurpose) {
    let trains = purpose == .training
    let needs = plan.stages.map { trains ? $0.needs : $0.inferenceNeeds }
    arena =
      trains
      ? Arena(stages: plan.stages, input: plan.input)
      : Arena(inference: InferenceStep.steps(plan.stages), of: plan.stages, input: plan.input)
    scratch = needs.map(\.scratch).max() ?? 0
    lanePartials = needs.map(\.lanePartials).max() ?? 0
    partials = (needs.map(\.partials).max() ?? 0).roundedUp(to: laneCount)
    prepared = needs.map { $0.prepared.roundedUp(to: laneCount) }
    kept = needs.map(\.kept)
    keptByPack = kept.reduce(0) { $0.plus($1) }
    gradientScalars = trains ? plan.parameterScalars : 0
    firstPrepared = plan.parameterScalars.plus(plan.statisticScalars)
    firstPackScalar = prepared.reduce(firstPrepared) { $0.plus($1) }
    scalarsByPack = gradientScalars.plus(partials)
    lanes = packs.times(arena.vectorCount).plus(threads.times(scratch)).plus(lanePartials)
    scalars = firstPackScalar.plus(packs.times(scalarsByPack))
    keptBytes = packs.times(keptByPack)
  }
}

/// Everything of one pack.
struct PackPlaces<Scalar: LaneScalar> {
  /// One for each stage.
  let passes: [Pass<Scalar>]
  let gradients: Values<Scalar>
  let input: PackView<Scalar>
  let output: PackView<Scalar>
  let outputGradient: PackView<Scalar>
  /// If the plan says so.
  let inputGradient: PackView<Scalar>?
}

/// Cuts an executor's memory into the views of its passes.
struct Workspace<Scalar: LaneScalar> {
  let plan: NetworkPlan
  let layout: WorkspaceLayout
  let team: Team
  let lanes: Storage<Lanes<Scalar>>
  let scalars: Storage<Scalar>
  let kept: Storage<SIMD16<UInt8>>

  var parameters: Values<Scalar> { scalars.slice(at: 0, count: plan.parameterScalars) }
  var statistics: Values<Scalar> { scalars.slice(at: plan.parameterScalars, count: plan.statisticScalars) }

  func places(of pack: Int) -> PackPlaces<Scalar> {
    let arena = layout.arena
    let last = plan.stages.count
    let firstScalar = layout.firstPackScalar + pack * layout.scalarsByPack
    let gradients = scalars.slice(at: firstScalar, count: layout.gradientScalars)
    let partials = scalars.slice(at: firstScalar + layout.gradientScalars, count: layout.partials)
    return PackPlaces(
      passes: passes(of: pack, gradients: gradients, partials: partials), gradients: gradients,
      input: view(arena.activations[0], pack), output: view(arena.activations[last], pack),
      outputGradient: view(arena.gradients[last] ?? arena.activations[last], pack),
      inputGradient: arena.gradients[0].map { view($0, pack) })
  }

  private func view(_ place: Arena.Place, _ pack: Int) -> PackView<Scalar> {
    let offset = pack * layout.arena.vectorCount + place.offset
    return PackView(lanes.slice(at: offset, count: place.layout.vectorCount), layout: place.layout)
  }

  private func passes(of pack: Int, gradients: Values<Scalar>, partials: Values<Scalar>) -> [Pass<Scalar>] {
    let arena = layout.arena
    let firstScratch = lanes.count - layout.lanePartials - team.threads * layout.scratch
    let scratch = (0..<team.threads).map { worker in
      lanes.slice(at: firstScratch + worker * layout.scratch, count: layout.scratch)
    }
    var nextPrepared = layout.firstPrepared
    var nextKept = pack * layout.keptByPack
    return plan.stages.indices.map { index in
      let stage = plan.stages[index]
      let parameters = plan.parameters.filter { $0.layer == stage.layer }
      let statistics = plan.statistics.filter { $0.layer == stage.layer }
      defer {
        nextPrepared += layout.prepared[index]
        nextKept += layout.kept[index]
      }
      return Pass(
        team: team, input: view(arena.activations[index], pack), output: view(arena.activations[index + 1], pack),
        outputGradient: view(arena.gradients[index + 1] ?? arena.activations[index + 1], pack),
        inputGradient: arena.gradients[index].map { view($0, pack) },
        parameters: parameters.map { self.parameters.slice($0.offset, count: $0.count) },
        gradients: gradients.count == 0 ? [] : parameters.map { gradients.slice($0.offset, count: $0.count) },
        statistics: statistics.map { self.statistics.slice($0.offset, count: $0.count) },
        prepared: scalars.slice(at: nextPrepared, count: layout.prepared[index]), partials: partials,
        lanePartials: lanes.slice(at: lanes.count - layout.lanePartials, count: layout.lanePartials),
        kept: kept.slice(at: nextKept, count: layout.kept[index]), scratch: scratch, rectifiesOutput: stage.isRectified,
        inputIsRectified: index > 0 && plan.stages[index - 1].leavesMasking)
    }
  }
}
