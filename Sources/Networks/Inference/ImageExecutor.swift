public import Kernels
public import Tensors

/// A planned network for one image at a time, with all sixteen lanes busy: a pack would compute the image sixteen times.
///
/// It stands beside an executor of packs for inference, whose parameters it reads. Activations are planar. Every sum is taken
/// in the order in which a pack takes it, so an image has the same outputs alone as among others, bit by bit. A step without
/// a version for one image borrows the executor's pack.
public final class ImageExecutor {
  private let executor: Executor<Float>
  private let steps: [ImageStep]
  private let passes: [ImagePass]
  private let lanes: Storage<Lanes<Float>>
  private let scalars: Storage<Float>
  private let places: Storage<Int32>
  private let input: ImageView
  private let output: ImageView
  /// Bytes taken for tensors, weights and scratch.
  public let memoryBytes: Int

  /// - Parameter executor: made for inference.
  /// - Throws: `OutOfMemory`.
  public init(beside executor: Executor<Float>) throws(OutOfMemory) {
    precondition(executor.purpose == .inference)
    self.executor = executor
    let steps = ImageStep.steps(of: executor.plan)
    let layout = ImageWorkspaceLayout(steps, input: executor.plan.input, threads: executor.team.threads)
    lanes = try Storage(count: layout.lanes)
    scalars = try Storage(count: layout.scalars)
    places = try Storage(count: layout.places)
    let memory = ImageWorkspace(layout: layout, lanes: lanes, scalars: scalars, places: places)
    self.steps = steps
    passes = memory.passes(steps, executor)
    input = memory.tensor(0)
    output = memory.tensor(steps.count)
    memoryBytes = layout.bytes
  }

  /// Up to so many images are sooner done one by one than in a pack. A network of which some step takes a pack even for a
  /// single image is a matter of one.
  ///
  /// On two cores of an AMD EPYC (Zen 3, AVX2) a pack took 13 to 17 times as long as a single image; batches of each size
  /// between were not measured.
  public var mostImages: Int { steps.allSatisfy { $0.version != nil } ? 12 : 1 }

  /// What `memoryBytes` will be.
  public static func memoryBytes(of plan: NetworkPlan, threads: Int) -> Int {
    ImageWorkspaceLayout(ImageStep.steps(of: plan), input: plan.input, threads: threads).bytes
  }

  /// To be called behind the executor's `prepare`, when parameters or statistics have changed.
  public func prepare() {
    for (step, pass) in zip(steps, passes) { step.version?.prepare(pass) }
  }

  /// Fills the input from planar bytes, [channel][row][column] or one plane for all channels.
  public func load(_ image: [UInt8], scales: [PixelScale]) {
    let rows = shares(of: input.height, pieces: 16)
    executor.team.run(rows.count) { share, _ in input.load(rows: rows.range(share), image, scales: scales) }
  }

  /// Inference.
  public func forward() {
    for index in steps.indices { forward(step: index) }
  }

  /// The last layer's values.
  public var outputs: [Float] {
    (0..<output.channels).flatMap { c in
      (0..<output.height).flatMap { y in (0..<output.width).map { x in output[c, y, x] } }
    }
  }

  private func forward(step index: Int) {
    let (step, pass) = (steps[index], passes[index])
    if let version = step.version { return version.forward(pass) }
    executor.team.run(pass.input.channels) { channel, _ in pass.input.copy(channel: channel, into: pass.pack.input) }
    executor.forward(step: index)
    executor.team.run(pass.output.channels) { channel, _ in
      pass.output.copy(channel: channel, from: pass.pack.output)
    }
  }
}

/// Cuts an image executor's memory into the views of its passes.
private struct ImageWorkspace {
  let layout: ImageWorkspaceLayout
  let lanes: Storage<Lanes<Float>>
  let scalars: Storage<Float>
  let places: Storage<Int32>

  func tensor(_ number: Int) -> ImageView {
    let place = layout.tensors[number]
    return ImageView(scalars.slice(at: place.offset, count: place.layout.scalarCount), layout: place.layout)
  }

  func passes(_ steps: [ImageStep], _ executor: Executor<Float>) -> [ImagePass] {
    let scratch = (0..<executor.team.threads).map { worker in
      lanes.slice(at: layout.firstScratch + worker * layout.scratch, count: layout.scratch)
    }
    var (nextPrepared, nextPlace) = (0, 0)
    return steps.indices.map { index in
      let needs = steps[index].needs
      defer {
        nextPrepared += needs.prepared
        nextPlace += needs.places
      }
      return ImagePass(
        pack: executor.inferencePasses[index], input: tensor(index), output: tensor(index + 1),
        epilogue: executor.epilogues[index], prepared: lanes.slice(at: nextPrepared, count: needs.prepared),
        places: places.slice(at: nextPlace, count: needs.places), scratch: scratch,
        partials: scalars.slice(at: layout.firstPartial, count: layout.partials))
    }
  }
}
