public import Images

/// How an image is shown: its symmetry first, then the move, then contrast and brightness.
public struct ImageView: Sendable, Equatable {
  public static let identity = ImageView()

  public var symmetry: Symmetry
  /// In pixels; up and to the left if negative.
  public var down: Int
  public var across: Int
  /// Factors; 1 changes nothing.
  public var brightness: Double
  public var contrast: Double

  public init(
    symmetry: Symmetry = .identity, down: Int = 0, across: Int = 0, brightness: Double = 1, contrast: Double = 1
  ) {
    self.symmetry = symmetry
    self.down = down
    self.across = across
    self.brightness = brightness
    self.contrast = contrast
  }

  public func applied(to planes: ImagePlanes) -> ImagePlanes {
    symmetry.applied(to: planes)
      .moved(down: down, across: across)
      .relit(brightness: brightness, contrast: contrast)
  }
}
