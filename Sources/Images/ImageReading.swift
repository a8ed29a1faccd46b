/// Everything beside the bytes of a file that decides which square they become.
public struct ImageReading: Sendable, Hashable {
  /// What is seen through an image where it is transparent.
  public enum Background: Sendable, Hashable {
    case white
    case black
    case colour(red: UInt8, green: UInt8, blue: UInt8)
    /// Nothing: transparency is left out, and a pixel has the colour that the file stores for it.
    case drop
  }

  /// How an image that is no square becomes one.
  public enum Resize: String, Sendable, Hashable, CaseIterable {
    /// Width and height are each brought to 256.
    case stretch
    /// The longer sides are cut, so that the middle fills the square.
    case crop
    /// The whole image is in the square, with bars beside it.
    case fit
  }

  public var alpha: Background
  public var resize: Resize
  /// Large JPEGs may be decoded at a half, a quarter or an eighth of their size, which is nearly the same and faster.
  public var scaling: Bool
  /// What XMP says about the orientation counts where EXIF says nothing. No key turns it off: only earlier versions did
  /// not look there.
  public var looksAtXMP: Bool

  public init(alpha: Background = .white, resize: Resize = .stretch, scaling: Bool = true, looksAtXMP: Bool = true) {
    self.alpha = alpha
    self.resize = resize
    self.scaling = scaling
    self.looksAtXMP = looksAtXMP
  }

  /// As every version of Kiln read before it could be told how. A run that such a version began goes on with it.
  public static let earlier = ImageReading(alpha: .drop, resize: .stretch, scaling: false, looksAtXMP: false)

  /// Equal texts mean equal readings.
  public var text: String {
    let background =
      switch alpha {
      case .white: "white"
      case .black: "black"
      case .drop: "drop"
      case .colour(let red, let green, let blue): "\(red),\(green),\(blue)"
      }
    return "\(background) \(resize.rawValue) \(scaling ? "scaling" : "whole") \(looksAtXMP ? "xmp" : "exif")"
  }
}

/// A file's image, and what there is to say of how it was read.
public struct LoadedImage: Sendable, Equatable {
  public var planes: ImagePlanes
  public var notes: ImageNotes

  public init(_ planes: ImagePlanes, notes: ImageNotes = ImageNotes()) {
    self.planes = planes
    self.notes = notes
  }
}

/// What there is to say of how an image was read.
public struct ImageNotes: Sendable, Hashable, Codable {
  /// What people call the kind of file.
  public var format: String
  /// In pixels, as the file stores them.
  public var width: Int
  public var height: Int
  /// What was done to see the picture upright.
  public var symmetry: Symmetry
  /// Some pixel was not opaque.
  public var isTransparent: Bool
  /// It was decoded at one so-manieth of its size: 1, 2, 4 or 8.
  public var reduction: Int

  public init(
    format: String = "", width: Int = ImagePlanes.side, height: Int = ImagePlanes.side, symmetry: Symmetry = .identity,
    isTransparent: Bool = false, reduction: Int = 1
  ) {
    self.format = format
    self.width = width
    self.height = height
    self.symmetry = symmetry
    self.isTransparent = isTransparent
    self.reduction = reduction
  }
}
