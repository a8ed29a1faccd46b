public import Images
import Kernels

/// How an image is shown: its symmetry first, then the turn, the size and the move, then contrast and brightness, noise, and
/// what is erased. What it is mixed with is another image of its batch (`Mixture`).
public struct ImageView: Sendable, Equatable {
  public static let identity = ImageView()

  public var symmetry: Symmetry
  /// In pixels; up and to the left if negative.
  public var down: Int
  public var across: Int
  /// Factors; 1 changes nothing.
  public var brightness: Double
  public var contrast: Double
  /// In degrees, counter-clockwise; -180...180.
  public var angle: Double
  /// Factor of size; at least 0.5.
  public var zoom: Double
  public var noise: Noise?
  public var erased: Rectangle?
  /// What the image keeps of itself when it is mixed with another; 1 is all.
  public var share: Double

  public init(
    symmetry: Symmetry = .identity, down: Int = 0, across: Int = 0, brightness: Double = 1, contrast: Double = 1,
    angle: Double = 0, zoom: Double = 1, noise: Noise? = nil, erased: Rectangle? = nil, share: Double = 1
  ) {
    self.symmetry = symmetry
    self.down = down
    self.across = across
    self.brightness = brightness
    self.contrast = contrast
    self.angle = angle
    self.zoom = zoom
    self.noise = noise
    self.erased = erased
    self.share = share
  }

  /// The image in this view, not yet mixed.
  public func applied(to planes: ImagePlanes) -> ImagePlanes {
    var image = placed(symmetry.applied(to: planes)).relit(brightness: brightness, contrast: contrast)
    if let noise { image = noise.applied(to: image) }
    if let erased { image = image.erased(erased) }
    return image
  }

  private func placed(_ image: ImagePlanes) -> ImagePlanes {
    guard angle != 0 || zoom != 1 else { return image.moved(down: down, across: across) }
    let turn = abs(angle) / 180
    let sine = Elementary.cosineOfPi(times: abs(0.5 - turn))
    return image.warped(
      cosine: Elementary.cosineOfPi(times: turn), sine: angle < 0 ? -sine : sine, zoom: zoom, down: down, across: across
    )
  }
}
