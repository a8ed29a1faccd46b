public import Tensors

/// The packs that one operation works on in a training pass.
public struct BatchPass<Scalar: LaneScalar>: Sendable {
  /// At least one.
  public let packs: [Pass<Scalar>]
  public let draw: TrainingDraw

  /// How many lanes of a pack hold an image; they come first.
  public func images(in pack: Int) -> Int { min(draw.images - pack * laneCount, laneCount) }

  /// Calls `body` with every pair of a pack and one of `count` parts of it, on all threads.
  public func forEach(_ count: Int, _ body: (_ pack: Int, _ part: Int) -> Void) {
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
