/// How a camera was held, by the EXIF tag of a JPEG file (TIFF tag 274, values 1 to 8).
public enum Orientation: Int, Sendable, CaseIterable {
  case upright = 1
  case mirrored
  case upsideDown
  case upsideDownMirrored
  case transposed
  /// To be turned a quarter clockwise.
  case quarterTurn
  case transversed
  /// To be turned a quarter counterclockwise.
  case threeQuarterTurn

  /// The tag of a file; upright if there is none, or it makes no sense.
  public init(jpeg bytes: [UInt8]) {
    self = Orientation.exif(in: bytes).flatMap { Orientation(tiff: bytes[$0]) } ?? .upright
  }

  private var swapsAxes: Bool { rawValue >= 5 }

  /// The first APP1 segment that holds EXIF, without its six bytes of signature.
  private static func exif(in bytes: [UInt8]) -> Range<Int>? {
    var place = 2
    while place + 4 <= bytes.count, bytes[place] == 0xFF {
      let marker = bytes[place + 1]
      // Fill bytes stand before a marker; the scan's data follow 0xDA.
      if marker == 0xFF {
        place += 1
        continue
      }
      if marker == 0xDA || marker == 0xD9 { return nil }
      let length = Int(bytes[place + 2]) << 8 | Int(bytes[place + 3])
      let end = place + 2 + length
      guard length >= 2, end <= bytes.count else { return nil }
      if marker == 0xE1, bytes[(place + 4)..<end].starts(with: [0x45, 0x78, 0x69, 0x66, 0, 0]) {
        return (place + 10)..<end
      }
      place = end
    }
    return nil
  }

  /// Tag 274 of the first directory of a TIFF structure.
  private init?(tiff: ArraySlice<UInt8>) {
    let bytes = Array(tiff)
    let isLittle = bytes.starts(with: [0x49, 0x49, 42, 0])
    guard isLittle || bytes.starts(with: [0x4D, 0x4D, 0, 42]) else { return nil }
    func integer(_ place: Int, _ count: Int) -> Int? {
      guard place >= 0, place + count <= bytes.count else { return nil }
      let digits = bytes[place..<(place + count)]
      return (isLittle ? Array(digits.reversed()) : Array(digits)).reduce(0) { $0 << 8 | Int($1) }
    }
    guard let directory = integer(4, 4), let entries = integer(directory, 2) else { return nil }
    for entry in 0..<entries {
      let place = directory + 2 + 12 * entry
      guard let tag = integer(place, 2) else { return nil }
      if tag == 274 {
        self.init(rawValue: integer(place + 8, 2) ?? 1)
        return
      }
    }
    return nil
  }

  /// The image as it should be seen.
  public func applied(to image: RGBImage) -> RGBImage {
    if self == .upright { return image }
    let width = swapsAxes ? image.height : image.width
    let height = swapsAxes ? image.width : image.height
    var pixels = [UInt8](repeating: 0, count: image.pixels.count)
    for y in 0..<height {
      for x in 0..<width {
        let from = 3 * source(x, y, image)
        let to = 3 * (y * width + x)
        for channel in 0..<3 { pixels[to + channel] = image.pixels[from + channel] }
      }
    }
    return RGBImage(width: width, height: height, pixels: pixels, isGray: image.isGray)
  }

  /// The pixel of `image` that is seen at (x, y).
  private func source(_ x: Int, _ y: Int, _ image: RGBImage) -> Int {
    let (right, bottom) = (image.width - 1, image.height - 1)
    let (column, row) =
      switch self {
      case .upright: (x, y)
      case .mirrored: (right - x, y)
      case .upsideDown: (right - x, bottom - y)
      case .upsideDownMirrored: (x, bottom - y)
      case .transposed: (y, x)
      case .quarterTurn: (y, bottom - x)
      case .transversed: (right - y, bottom - x)
      case .threeQuarterTurn: (right - y, x)
      }
    return row * image.width + column
  }
}
