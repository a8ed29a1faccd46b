/// Which part of an image becomes which part of the square, as it is seen upright.
struct Framing: Equatable {
  /// The part of the image that is shown: sample i reaches from i to i + 1.
  var across: Range<Double>
  var down: Range<Double>
  /// The part of the square that shows it, in pixels. The rest is background.
  var columns: Range<Int>
  var rows: Range<Int>

  /// `stretch` is `Image.resize` of Pillow, `crop` is `ImageOps.fit` and `fit` is `ImageOps.pad`, to the pixel, but that a
  /// side of an image never becomes nothing: a line of 1 x 1000 is one pixel wide, where Pillow has none at all.
  init(width: Double, height: Double, by resize: ImageReading.Resize, side: Int = ImagePlanes.side) {
    (across, down) = (0..<width, 0..<height)
    (columns, rows) = (0..<side, 0..<side)
    switch resize {
    case .stretch: break
    case .crop:
      if width > height { across = Self.middle(height, of: width) } else { down = Self.middle(width, of: height) }
    case .fit:
      if width > height { rows = Self.bar(height / width, side) } else { columns = Self.bar(width / height, side) }
    }
  }

  private static func middle(_ part: Double, of whole: Double) -> Range<Double> {
    let start = (whole - part) * 0.5
    return start..<start + part
  }

  /// Halves are rounded to even numbers, as Python rounds.
  private static func bar(_ ratio: Double, _ side: Int) -> Range<Int> {
    let count = max(Int((ratio * Double(side)).rounded(.toNearestOrEven)), 1)
    let start = Int((Double(side - count) * 0.5).rounded(.toNearestOrEven))
    return start..<start + count
  }
}
