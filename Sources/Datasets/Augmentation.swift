public import Images
import Tensors

/// Which symmetries of the square an image may be shown in during training.
public struct Augmentation: Sendable, Equatable {
  public enum Flip: String, Sendable, CaseIterable {
    case none, horizontal, vertical, both
  }

  public enum Rotation: String, Sendable, CaseIterable {
    case none, quarter
  }

  public var flip: Flip
  public var rotate: Rotation

  public init(flip: Flip = .none, rotate: Rotation = .none) {
    self.flip = flip
    self.rotate = rotate
  }

  /// How example `index` is shown in an epoch: each allowed symmetry with equal probability. A pure function, so that
  /// it depends neither on the thread that decodes the image nor on its place in the epoch's order.
  public func symmetry(seed: UInt64, epoch: Int, index: Int) -> Symmetry {
    guard self != Augmentation() else { return .identity }
    let bits = CounterRandom(seed: seed, stream: RandomStream.augmentation(epoch)).word(at: UInt64(index))
    return Symmetry(
      isFlippedHorizontally: (flip == .horizontal || flip == .both) && bits & 1 != 0,
      isFlippedVertically: (flip == .vertical || flip == .both) && bits & 2 != 0,
      quarterTurns: rotate == .quarter ? Int(bits >> 2 & 3) : 0)
  }
}

/// A symmetry of the square: the flips first, then the turns.
public struct Symmetry: Sendable, Equatable, Hashable {
  public static let identity = Symmetry(isFlippedHorizontally: false, isFlippedVertically: false, quarterTurns: 0)

  public var isFlippedHorizontally: Bool
  public var isFlippedVertically: Bool
  /// Counter-clockwise, 0...3.
  public var quarterTurns: Int

  public init(isFlippedHorizontally: Bool, isFlippedVertically: Bool, quarterTurns: Int) {
    self.isFlippedHorizontally = isFlippedHorizontally
    self.isFlippedVertically = isFlippedVertically
    self.quarterTurns = quarterTurns
  }

  public func applied(to planes: ImagePlanes) -> ImagePlanes {
    // Upside down is mirrored and turned by a half.
    planes.seen(
      isMirrored: isFlippedHorizontally != isFlippedVertically,
      quarterTurns: quarterTurns + (isFlippedVertically ? 2 : 0))
  }
}
