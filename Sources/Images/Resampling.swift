import Resampling

/// Antialiased bilinear resampling in fixed point, bit for bit as `Image.resize((256, 256), Image.BILINEAR)` of Pillow:
/// a triangle filter, widened by the scale when shrinking, along one axis and then the other, rounded to bytes in
/// between.
///
/// Reference: Pillow, src/libImaging/Resample.c, the path for 8 bits a channel.
extension ImagePlanes {
  /// The pixels are resampled as they are stored, and the small square is turned. The weights are those of the turned
  /// image, walked from the end that comes first in the file, so that the result is the same to the last bit.
  ///
  /// - Parameter symmetry: in which the image is seen.
  init(resampling image: Raster, seen symmetry: Symmetry) {
    let walk = symmetry.walk(width: image.width, height: image.height)
    let (across, down) = symmetry.swapsSides ? (walk.down, walk.across) : (walk.across, walk.down)
    let rows = Self.weights(image.width, covering: image.widthCovered, isMirrored: across < 0)
    let columns = Self.weights(image.height, covering: image.heightCovered, isMirrored: down < 0)
    let (width, height) = symmetry.swapsSides ? (image.height, image.width) : (image.width, image.height)
    let startsWithColumns = Self.startsDownwards(width: width, height: height) != symmetry.swapsSides
    let planes = image.pixels.withSpan { pixels in
      startsWithColumns
        ? rows.resampleRows(of: columns.resampleColumns(of: pixels).span, channels: image.channels)
        : columns.resampleColumns(
          of: rows.resampleRows(of: pixels, channels: image.channels).span, planes: image.channels)
    }
    self = symmetry.applied(to: ImagePlanes(planes: planes))
  }

  /// The bytes of memory that this takes, at most, beside the decoded pixels: the image resampled along one axis, sixteen
  /// of its rows, the weights of both axes, and the square.
  static func workingMemory(resampling image: ImageLayout) -> Int {
    let longest = max(image.decodedWidth, image.decodedHeight, side)
    return image.channels * (side * (longest + 4 * side) + 16 * longest) + 32 * (longest + side)
  }

  /// The weights of one axis as it is stored.
  ///
  /// - Parameters:
  ///   - covered: how much of the axis shows something: of a reduced image, the last sample may be the mean of fewer.
  ///   - isMirrored: whether the image is seen from the other end of this axis.
  private static func weights(_ count: Int, covering covered: Double, isMirrored: Bool) -> AxisWeights {
    if isMirrored {
      AxisWeights(from: count, over: Double(count) - covered..<Double(count), to: side).mirrored
    } else {
      AxisWeights(from: count, over: 0..<covered, to: side)
    }
  }

  /// Whether the columns come first: where the height shrinks by more than twice what the width does. The order shows in
  /// the last bit of some pixels. So Pillow 13.0 was seen to decide; before, it always took the rows first.
  private static func startsDownwards(width: Int, height: Int) -> Bool {
    height > side && height - side > 2 * (width - side)
  }
}
