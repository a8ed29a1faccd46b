import Kernels
import Tensors

/// One step of inference as a single image takes it.
struct ImageStep: Sendable {
  let step: InferenceStep
  /// Nil: the image is copied into a pack for this step, and its result back.
  let version: (any ImageVersion)?
  let output: Shape

  static func steps(of plan: NetworkPlan) -> [ImageStep] {
    var input = plan.input
    return InferenceStep.steps(plan.stages).map { step in
      let operation = plan.stages[step.stages.lowerBound].operation
      let output = plan.stages[step.stages.upperBound - 1].output
      defer { input = output }
      let version = (operation as? any ImageOperation)?.imageVersion(of: input, output: output, pools: step.pools)
      return ImageStep(step: step, version: version.flatMap { Self.fits($0, input, output) ? $0 : nil }, output: output)
    }
  }

  /// Places within an image are integers of 32 bits, up to sixteen channels apart; a neighbour's frame may come on top.
  private static func fits(_ version: any ImageVersion, _ input: Shape, _ output: Shape) -> Bool {
    let needs = version.needs
    return [ImageLayout(input, frame: needs.inputFrame), ImageLayout(output, frame: needs.outputFrame)].allSatisfy {
      $0.channelStride.times(16 * laneCount) < Int(Int32.max)
    }
  }

  var needs: ImageNeeds { version?.needs ?? ImageNeeds() }
}

/// How much memory an image executor takes, and what lies where in it.
struct ImageWorkspaceLayout: Sendable {
  /// Tensor 0 is the network's input, tensor i + 1 the output of step i; and where each begins among the scalars.
  let tensors: [(layout: ImageLayout, offset: Int)]
  let firstPartial: Int
  let partials: Int
  let scalars: Int
  let scratch: Int
  let firstScratch: Int
  let lanes: Int
  let places: Int

  init(_ steps: [ImageStep], input: Shape, threads: Int) {
    let needs = steps.map(\.needs)
    var next = 0
    tensors = (0...steps.count).map { tensor in
      // Whoever reads a tensor and whoever writes it may need zeros around it.
      var frame = ImageLayout.Frame()
      if tensor < steps.count { frame = frame.union(needs[tensor].inputFrame) }
      if tensor > 0 { frame = frame.union(needs[tensor - 1].outputFrame) }
      let layout = ImageLayout(tensor == 0 ? input : steps[tensor - 1].output, frame: frame)
      defer { next = next.plus(layout.scalarCount.roundedUp(to: laneCount)) }
      return (layout, next)
    }
    firstPartial = next
    partials = needs.map(\.partials).max() ?? 0
    scalars = firstPartial.plus(partials)
    firstScratch = needs.reduce(0) { $0.plus($1.prepared) }
    scratch = needs.map(\.scratch).max() ?? 0
    lanes = firstScratch.plus(threads.times(scratch))
    places = needs.reduce(0) { $0.plus($1.places) }
  }

  var bytes: Int {
    lanes.times(MemoryLayout<Lanes<Float>>.stride).plus(scalars.times(MemoryLayout<Float>.stride))
      .plus(places.times(MemoryLayout<Int32>.stride))
  }
}
