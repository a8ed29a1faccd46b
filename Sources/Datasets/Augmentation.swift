public import Images
import Tensors

/// The limits of the random changes to training images. Each image is changed anew in every epoch.
public struct Augmentation: Sendable, Equatable {
  public enum Flip: String, Sendable, CaseIterable {
    case none, horizontal, vertical, both
  }

  public enum Rotation: String, Sendable, CaseIterable {
    case none, quarter
  }

  public var flip: Flip
  public var rotate: Rotation
  /// Greatest translation in pixels, up or down and to either side.
  public var shift: Int
  /// Greatest relative change of all bytes: 0.2 multiplies them by a factor between 0.8 and 1.2.
  public var brightness: Double
  /// Greatest relative change of the bytes' distances from their mean.
  public var contrast: Double
  /// Greatest turn, in degrees, either way.
  public var angle: Double
  /// Greatest relative change of size: 0.2 shows everything larger or smaller by a factor between 0.8 and 1.2.
  public var scale: Double
  /// Standard deviation of the noise on every byte, in shares of their whole range.
  public var noise: Double
  public var erase: Erasing
  /// The parameter of the beta distribution that the shares of two mixed images are drawn from; 0 mixes none.
  public var mixup: Double

  public init(
    flip: Flip = .none, rotate: Rotation = .none, shift: Int = 0, brightness: Double = 0, contrast: Double = 0,
    angle: Double = 0, scale: Double = 0, noise: Double = 0, erase: Erasing = Erasing(), mixup: Double = 0
  ) {
    self.flip = flip
    self.rotate = rotate
    self.shift = shift
    self.brightness = brightness
    self.contrast = contrast
    self.angle = angle
    self.scale = scale
    self.noise = noise
    self.erase = erase
    self.mixup = mixup
  }

  /// How example `index` is shown in an epoch. All allowed symmetries have the same probability, and so have all
  /// allowed translations; angle and the factors of size, brightness and contrast are uniform in their ranges. A pure
  /// function, so that it depends neither on the thread that decodes the image nor on its place in the epoch's order.
  /// Each kind of change is drawn by itself: adding one leaves the others as they were.
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
    if angle > 0 || scale > 0 {
      let turns = CounterRandom(seed: seed, stream: RandomStream.turn(epoch))
      view.angle = angle * (2 * turns.uniform(at: position) - 1)
      view.zoom = 1 + scale * (2 * turns.uniform(at: position + 1) - 1)
    }
    if noise > 0 {
      view.noise = Noise(
        deviation: noise, random: CounterRandom(seed: seed, stream: RandomStream.noise(epoch)), index: index)
    }
    view.erased = erase.rectangle(seed: seed, epoch: epoch, index: index)
    if mixup > 0 { view.share = mixtureShare(parameter: mixup, seed: seed, epoch: epoch, index: index) }
    return view
  }

  /// The mirroring and turn of `view`.
  public func symmetry(seed: UInt64, epoch: Int, index: Int) -> Symmetry {
    guard flip != .none || rotate != .none else { return .identity }
    let bits = CounterRandom(seed: seed, stream: RandomStream.augmentation(epoch)).word(at: UInt64(index))
    return Symmetry(
      isFlippedHorizontally: (flip == .horizontal || flip == .both) && bits & 1 != 0,
      isFlippedVertically: (flip == .vertical || flip == .both) && bits & 2 != 0,
      quarterTurns: rotate == .quarter ? Int(bits >> 2 & 3) : 0)
  }
}
