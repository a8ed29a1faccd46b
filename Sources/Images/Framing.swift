/// Which part of an image becomes which part of the square, as it is seen upright.
struct Framing: Equatable {
  struct Axis: Equatable {
    /// The part of the image that is shown: sample i reaches from i to i + 1.
    var source: Range<Double>
    /// The part of the square that shows it, in pixels. The rest is background.
    var target: Range<Int>
  }

  var across: Axis
  var down: Axis

  /// `stretch` is `Image.resize` of Pillow, `crop` is `ImageOps.fit` and `fit` is `ImageOps.pad`, to the pixel, but that a
  /// side of an image never becomes nothing: a line of 1 x 1000 is one pixel wide, where Pillow has none at all.
  init(width: Double, height: Double, by resize: ImageReading.Resize) {
    let whole = 0..<ImagePlanes.side
    across = Axis(source: 0..<width, target: whole)
    down = Axis(source: 0..<height, target: whole)
    switch resize {
    case .stretch: break
    case .crop where width > height: across.source = Self.middle(height, of: width)
    case .crop: down.source = Self.middle(width, of: height)
    case .fit where width > height: down.target = Self.bar(height / width)
    case .fit: across.target = Self.bar(width / height)
    }
  }

  private static func middle(_ part: Double, of whole: Double) -> Range<Double> {
    let start = (whole - part) * 0.5
    // A sum of rounded numbers must not lie beyond the end.
    return start..<min(start + part, whole)
  }

  /// Halves are rounded to even numbers, as Python rounds.
  private static func bar(_ ratio: Double) -> Range<Int> {
    let side = Double(ImagePlanes.side)
    let count = max((ratio * side).rounded(.toNearestOrEven), 1)
    let start = Int(((side - count) * 0.5).rounded(.toNearestOrEven))
    return start..<start + Int(count)
  }
}

extension ImagePlanes {
  /// The planes of a square that shows an image in a part of it, and a background in the rest.
  static func square(
    around image: [UInt8], columns: Range<Int>, rows: Range<Int>, background: ImageReading.Background
  ) -> [UInt8] {
    let size = columns.count * rows.count
    guard size < planeSize else { return image }
    let paint = background.paint
    let channels = image.count / size
    let isGray = channels == 1 && paint.allSatisfy { $0 == paint[0] }
    var square: [UInt8] = []
    square.reserveCapacity(3 * planeSize)
    for channel in 0..<(isGray ? 1 : 3) {
      let first = channels == 1 ? 0 : channel * size
      square += repeatElement(paint[channel], count: planeSize)
      for (index, row) in rows.enumerated() {
        let source = first + index * columns.count
        let target = channel * planeSize + row * side + columns.lowerBound
        square.replaceSubrange(target..<target + columns.count, with: image[source..<source + columns.count])
      }
    }
    return square
  }
}

extension ImageReading.Background {
  /// Red, green and blue of what is beside the image in the square; black where transparency is dropped.
  fileprivate var paint: [UInt8] {
    switch self {
    case .white: [255, 255, 255]
    case .black, .drop: [0, 0, 0]
    case .colour(let red, let green, let blue): [red, green, blue]
    }
  }
}
