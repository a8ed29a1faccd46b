import Kernels
import Tensors

/// An operation whose inference can do layers that follow while it stores its output.
protocol EpilogueTaking: Operation {
  /// Whether it takes an epilogue, one that pools by 2 x 2 or another.
  func takesEpilogue(pooling: Bool) -> Bool

  /// Inference with the layers that follow; `pass.output` is the last one's.
  func forward<Scalar: LaneScalar>(_ pass: Pass<Scalar>, epilogue: Epilogue<Scalar>)

  /// What of `needs` inference has a use for, and what epilogues need on top.
  var inferenceNeeds: OperationNeeds { get }
}

/// An operation that can be part of the epilogue of one before it.
protocol EpilogueGiving: Operation {
  /// Nil if its geometry does not allow it.
  var epilogueLayer: EpilogueLayer? { get }
}

/// A layer as a part of an epilogue.
enum EpilogueLayer: Sendable {
  /// Max pooling of 2 x 2.
  case maximum
  case normalization(NormalizationOperation)
  case rectifier
}

/// What inference runs at once: a stage, and those behind it that are part of its stores (an epilogue).
///
/// A step stores what the last of its stages would; the tensors between its stages need no memory.
struct InferenceStep: Sendable {
  /// The first is the one that computes.
  private(set) var stages: Range<Int>
  private(set) var rectifiesSums: Bool
  private(set) var pooling: EpiloguePooling
  /// The stage of a normalization.
  private(set) var normalization: Int?
  private(set) var rectifies = false

  init(_ stage: Stage, at index: Int) {
    stages = index..<index + 1
    rectifiesSums = stage.isRectified
    pooling = stage.isPooled ? .fused : .none
  }

  /// More than the stage's own forward pass does, or less: a fused pooling keeps its choices for the way back.
  var hasEpilogue: Bool { stages.count > 1 || pooling == .fused }

  var pools: Bool { pooling != .none }

  /// The steps of a plan's stages, in order.
  static func steps(_ stages: [Stage]) -> [InferenceStep] {
    var steps: [InferenceStep] = []
    for (index, stage) in stages.enumerated() {
      if let last = steps.indices.last, steps[last].absorbs(stage, behind: stages[steps[last].stages.lowerBound]) {
        continue
      }
      steps.append(InferenceStep(stage, at: index))
    }
    return steps
  }

  /// Makes a stage part of the step, if the order of an epilogue allows it: pooling, normalization, ReLU.
  private mutating func absorbs(_ stage: Stage, behind head: Stage) -> Bool {
    guard let layer = stage.epilogueLayer, head.takesEpilogue(pooling: false) else { return false }
    switch layer {
    case .maximum:
      guard !pools, normalization == nil, !rectifies, head.takesEpilogue(pooling: true) else { return false }
      pooling = .separate
    case .normalization:
      guard normalization == nil, !rectifies else { return false }
      normalization = stages.upperBound
      rectifies = stage.isRectified
    case .rectifier:
      guard !rectifies else { return false }
      rectifies = true
    }
    stages = stages.lowerBound..<stages.upperBound + 1
    return true
  }

  /// The epilogue, whose constants lie where `prepare` puts them.
  /// - Parameter passes: of all stages.
  func epilogue<Scalar>(_ passes: [Pass<Scalar>]) -> Epilogue<Scalar> {
    var epilogue = Epilogue<Scalar>()
    epilogue.rectifiesSums = rectifiesSums
    epilogue.pooling = pooling
    epilogue.rectifies = rectifies
    if let normalization {
      let pass = passes[normalization]
      epilogue.normalization = Epilogue.Normalization(pass.prepared, channels: pass.statistics[0].count)
    }
    return epilogue
  }

  /// To be called when parameters or statistics have changed.
  func prepare<Scalar>(_ passes: [Pass<Scalar>], _ stages: [Stage]) {
    guard let normalization, case .normalization(let operation) = stages[normalization].epilogueLayer
    else { return }
    operation.prepareEpilogue(passes[normalization])
  }

  /// Inference of the step.
  func forward<Scalar>(_ pass: Pass<Scalar>, _ stages: [Stage], _ epilogue: Epilogue<Scalar>) {
    let operation = stages[self.stages.lowerBound].operation
    if hasEpilogue, let fused = operation as? any EpilogueTaking, fused.takesEpilogue(pooling: pools) {
      fused.forward(pass, epilogue: epilogue)
    } else {
      operation.forward(pass)
    }
  }

  /// The pass of the whole step.
  func pass<Scalar>(_ passes: [Pass<Scalar>]) -> Pass<Scalar> {
    var pass = passes[stages.lowerBound]
    pass.output = passes[stages.upperBound - 1].output
    return pass
  }
}

extension Stage {
  fileprivate var epilogueLayer: EpilogueLayer? { (operation as? any EpilogueGiving)?.epilogueLayer }

  fileprivate func takesEpilogue(pooling: Bool) -> Bool {
    (operation as? any EpilogueTaking)?.takesEpilogue(pooling: pooling) ?? false
  }

  /// What inference needs: nothing is kept for a way back, and no gradient is summed.
  var inferenceNeeds: OperationNeeds {
    if let fused = operation as? any EpilogueTaking { return fused.inferenceNeeds }
    var needs = needs
    needs.kept = 0
    needs.partials = 0
    return needs
  }
}
