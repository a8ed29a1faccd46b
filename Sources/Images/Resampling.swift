import Resampling

/// Antialiased bilinear resampling in fixed point, bit for bit as Pillow: a triangle filter, widened by the scale when
/// shrinking, along one axis and then the other, rounded to bytes in between. `stretch` is `Image.resize((256, 256),
/// Image.BILINEAR)`, `crop` is `ImageOps.fit`, and `fit` is `ImageOps.pad`.
///
/// Reference: Pillow, src/libImaging/Resample.c, the path for 8 bits a channel.
extension ImagePlanes {
  /// The pixels are resampled as they are stored, and the small square is turned. The weights are those of the turned
  /// image, walked from the end that comes first in the file, so that the result is the same to the last bit.
  ///
  /// - Parameters:
  ///   - symmetry: in which the image is seen.
  ///   - reading: which part of the image becomes which part of the square, and what is in the rest.
  init(resampling image: Raster, seen symmetry: Symmetry, as reading: ImageReading) {
    let walk = symmetry.walk(width: image.width, height: image.height)
    let isTurned = symmetry.swapsSides
    let framing =
      isTurned
      ? Framing(width: image.heightCovered, height: image.widthCovered, by: reading.resize)
      : Framing(width: image.widthCovered, height: image.heightCovered, by: reading.resize)
    let alongRows = StoredAxis(
      image.width, covering: image.widthCovered, isTurned ? framing.down : framing.across,
      isMirrored: (isTurned ? walk.down : walk.across) < 0)
    let alongColumns = StoredAxis(
      image.height, covering: image.heightCovered, isTurned ? framing.across : framing.down,
      isMirrored: (isTurned ? walk.across : walk.down) < 0)
    let planes = image.pixels.withSpan { pixels in
      Self.startsWithColumns(alongRows, alongColumns, isTurned: isTurned)
        ? alongRows.weights.resampleRows(
          of: alongColumns.weights.resampleColumns(of: pixels).span, channels: image.channels)
        : alongColumns.weights.resampleColumns(
          of: alongRows.weights.resampleRows(of: pixels, channels: image.channels).span, planes: image.channels)
    }
    let square = Self.square(
      around: planes, columns: alongRows.target, rows: alongColumns.target, background: reading.alpha)
    self = symmetry.applied(to: ImagePlanes(planes: square))
  }

  /// The bytes of memory that this takes, at most, beside the decoded pixels: the image resampled along one axis, sixteen
  /// of its rows, the weights of both axes, and the square.
  static func workingMemory(resampling image: ImageLayout) -> Int {
    let longest = max(image.decodedWidth, image.decodedHeight, side)
    return image.channels * (side * (longest + 4 * side) + 16 * longest) + 32 * (longest + side)
  }

  /// Whether the columns that the file stores come first. Of the image as it is seen, those come first whose height
  /// shrinks by more than twice what the width does. The order shows in the last bit of some pixels. So Pillow 13.0 was
  /// seen to decide; before, it always took the rows first.
  private static func startsWithColumns(_ alongRows: StoredAxis, _ alongColumns: StoredAxis, isTurned: Bool) -> Bool {
    let (across, down) =
      isTurned ? (alongColumns.weights, alongRows.weights) : (alongRows.weights, alongColumns.weights)
    let startsDownwards =
      down.sourceCount > down.targetCount
      && down.sourceCount - down.targetCount > 2 * (across.sourceCount - across.targetCount)
    return startsDownwards != isTurned
  }
}

/// One axis of an image as the file stores it, and of the square that is made of it before it is turned.
private struct StoredAxis {
  let weights: AxisWeights
  /// The part of the square that shows the image.
  let target: Range<Int>

  /// - Parameters:
  ///   - covered: how much of the axis shows something: of a reduced image, the last sample may be the mean of fewer.
  ///   - framing: of the axis as it is seen.
  ///   - isMirrored: whether the image is seen from the other end of this axis.
  init(_ count: Int, covering covered: Double, _ framing: Framing.Axis, isMirrored: Bool) {
    let (source, side) = (framing.source, ImagePlanes.side)
    guard isMirrored else {
      weights = AxisWeights(from: count, over: source, to: framing.target.count)
      target = framing.target
      return
    }
    // A sum of rounded numbers must not lie beyond the end.
    let hidden = Double(count) - covered
    let extent = hidden + source.lowerBound..<min(hidden + source.upperBound, Double(count))
    weights = AxisWeights(from: count, over: extent, to: framing.target.count).mirrored
    target = side - framing.target.upperBound..<side - framing.target.lowerBound
  }
}
