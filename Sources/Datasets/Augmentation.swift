public import Images
import Tensors

/// How far an image may be shown otherwise than it is during training.
public struct Augmentation: Sendable, Equatable {
  public enum Flip: String, Sendable, CaseIterable {
    case none, horizontal, vertical, both
  }

  public enum Rotation: String, Sendable, CaseIterable {
    case none, quarter
  }

  public var flip: Flip
  public var rotate: Rotation
  /// Greatest move in pixels, down or up and to either side.
  public var shift: Int
  /// Greatest share by which all bytes grow or shrink.
  public var brightness: Double
  /// Greatest share by which the distances of the bytes from their mean grow or shrink.
  public var contrast: Double

  public init(
    flip: Flip = .none, rotate: Rotation = .none, shift: Int = 0, brightness: Double = 0, contrast: Double = 0
  ) {
    self.flip = flip
    self.rotate = rotate
    self.shift = shift
    self.brightness = brightness
    self.contrast = contrast
  }

  /// How example `index` is shown in an epoch: each allowed symmetry and move with equal probability, light and contrast
  /// by uniform factors. A pure function, so that it depends neither on the thread that decodes the image nor on its
  /// place in the epoch's order.
  public func view(seed: UInt64, epoch: Int, index: Int) -> ImageView {
    var view = ImageView(symmetry: symmetry(seed: seed, epoch: epoch, index: index))
    let moves = CounterRandom(seed: seed, stream: RandomStream.shift(epoch))
    let light = CounterRandom(seed: seed, stream: RandomStream.light(epoch))
    let position = 2 * UInt64(index)
    if shift > 0 {
      view.down = moves.index(below: 2 * shift + 1, at: position) - shift
      view.across = moves.index(below: 2 * shift + 1, at: position + 1) - shift
    }
    view.brightness = 1 + brightness * (2 * light.uniform(at: position) - 1)
    view.contrast = 1 + contrast * (2 * light.uniform(at: position + 1) - 1)
    return view
  }

  public func symmetry(seed: UInt64, epoch: Int, index: Int) -> Symmetry {
    guard flip != .none || rotate != .none else { return .identity }
    let bits = CounterRandom(seed: seed, stream: RandomStream.augmentation(epoch)).word(at: UInt64(index))
    return Symmetry(
      isFlippedHorizontally: (flip == .horizontal || flip == .both) && bits & 1 != 0,
      isFlippedVertically: (flip == .vertical || flip == .both) && bits & 2 != 0,
      quarterTurns: rotate == .quarter ? Int(bits >> 2 & 3) : 0)
  }
}
