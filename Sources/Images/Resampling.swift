import Resampling

/// Antialiased bilinear resampling in fixed point, bit for bit as Pillow: a triangle filter, widened by the scale when
/// shrinking, along one axis and then the other, rounded to bytes in between. `stretch` is `Image.resize((256, 256),
/// Image.BILINEAR)`, `crop` is `ImageOps.fit`, and `fit` is `ImageOps.pad`.
///
/// Reference: Pillow, src/libImaging/Resample.c, the path for 8 bits a channel.
extension ImagePlanes {
  /// - Parameters:
  ///   - symmetry: in which the image is seen.
  ///   - reading: which part of the image becomes which part of the square, and what is in the rest.
  init(resampling image: Raster, seen symmetry: Symmetry, as reading: ImageReading) throws(ImageError) {
    let upright = try image.seen(symmetry)
    let (width, height, channels) = (upright.width, upright.height, upright.channels)
    let framing = Framing(width: Double(width), height: Double(height), by: reading.resize)
    let (rows, columns) = (framing.down.target, framing.across.target)
    let across = AxisWeights(from: width, over: framing.across.source, to: columns.count)
    let down = AxisWeights(from: height, over: framing.down.source, to: rows.count)
    let pixels = upright.pixels.withSpan { pixels in
      Self.startsDownwards(width: width, to: columns.count, height: height, to: rows.count)
        ? across.resampleRows(of: down.resampleColumns(of: pixels).span, channels: channels)
        : down.resampleColumns(of: across.resampleRows(of: pixels, channels: channels).span)
    }
    let planes = Self.planes(interleaved: pixels, channels: channels)
    self.init(planes: Self.square(around: planes, columns: columns, rows: rows, background: reading.alpha))
  }

  /// The bytes of memory that this takes, at most, beside the decoded pixels: the image turned upright, one that is
  /// resampled along one axis and one along both, with the weights of both.
  static func workingMemory(resampling image: ImageLayout, seen symmetry: Symmetry) -> Int {
    let longest = max(image.width, image.height, side)
    let turned = symmetry == .identity ? 0 : image.pixelBytes
    return turned + image.channels * side * (longest + 2 * side) + 24 * (longest + side)
  }

  /// Whether the columns come first: where the height shrinks by more than twice what the width does. The order shows in
  /// the last bit of some pixels. So Pillow 13.0 was seen to decide; before, it always took the rows first.
  private static func startsDownwards(width: Int, to columns: Int, height: Int, to rows: Int) -> Bool {
    height > rows && height - rows > 2 * (width - columns)
  }

  private static func planes(interleaved pixels: [UInt8], channels: Int) -> [UInt8] {
    guard channels > 1 else { return pixels }
    let size = pixels.count / channels
    var planes = [UInt8](repeating: 0, count: pixels.count)
    for channel in 0..<channels {
      for pixel in 0..<size { planes[channel * size + pixel] = pixels[pixel * channels + channel] }
    }
    return planes
  }
}

extension Raster {
  /// The image as it is seen in a symmetry.
  fileprivate func seen(_ symmetry: Symmetry) throws(ImageError) -> Raster {
    if symmetry == .identity { return self }
    let turned = try PixelMemory(count: pixels.count)
    let walk = symmetry.walk(width: width, height: height)
    let (rows, columns) = symmetry.swapsSides ? (width, height) : (height, width)
    pixels.withSpan { samples in
      turned.fill { turned in
        var place = 0
        for row in 0..<rows {
          var sample = (walk.start + row * walk.down) * channels
          for _ in 0..<columns {
            for channel in 0..<channels { turned[place + channel] = samples[sample + channel] }
            place += channels
            sample += walk.across * channels
          }
        }
      }
    }
    return Raster(width: columns, height: rows, channels: channels, pixels: turned)
  }
}
