import Tensors

/// An operation that does something else in training than `forward` does, which is then its inference: it gets the packs
/// of a batch together, and the random numbers of the step.
protocol BatchOperation: Operation {
  /// One image's output depends on the others of its batch, so that all of it must be there at once; otherwise packs may
  /// also come one by one.
  var couplesImages: Bool { get }

  /// The training pass: computes the output of every pack.
  func forward<Scalar: LaneScalar>(_ batch: BatchPass<Scalar>)

  /// The gradients for `forward(_: BatchPass)`. Each pack's are its own, or all are with the first pack and the others'
  /// are zero: they will be added up.
  func backward<Scalar: LaneScalar>(_ batch: BatchPass<Scalar>)
}

extension BatchOperation {
  /// What is trained is the other one.
  func backward<Scalar: LaneScalar>(_ pass: Pass<Scalar>) {
    preconditionFailure("an operation on batches is trained on batches")
  }
}

/// The packs that one operation works on in a training pass.
struct BatchPass<Scalar: LaneScalar>: Sendable {
  /// At least one.
  let packs: [Pass<Scalar>]
  let draw: TrainingDraw

  /// Lanes of a pack that hold an image; they come first.
  func images(in pack: Int) -> Int { min(draw.images - pack * laneCount, laneCount) }

  /// Calls `body` with every pair of a pack and one of `count` parts of it, on all threads.
  func forEach(_ count: Int, _ body: (_ pack: Int, _ part: Int) -> Void) {
    packs[0].team.run(packs.count * count) { share, _ in body(share / count, share % count) }
  }
}

/// What tells one training pass from all others: which images it holds, and where its random numbers come from.
public struct TrainingDraw: Sendable, Hashable {
  /// Images in the packs of this pass; only the last pack may have fewer than sixteen.
  public var images: Int
  /// The number of its first pack within the batch of the step.
  public var firstPack: Int
  public var seed: UInt64
  /// The optimizer step, from 0.
  public var step: Int

  public init(images: Int, firstPack: Int = 0, seed: UInt64 = 0, step: Int = 0) {
    self.images = images
    self.firstPack = firstPack
    self.seed = seed
    self.step = step
  }

  public var packs: Int { (images + laneCount - 1) / laneCount }
}
