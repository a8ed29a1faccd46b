import Resampling

/// Antialiased bilinear resampling in fixed point, bit for bit as `Image.resize((256, 256), Image.BILINEAR)` of Pillow:
/// a triangle filter, widened by the scale when shrinking, along one axis and then the other, rounded to bytes in
/// between.
///
/// Reference: Pillow, src/libImaging/Resample.c, the path for 8 bits a channel.
extension ImagePlanes {
  /// - Parameter symmetry: in which the image is seen.
  init(resampling image: Raster, seen symmetry: Symmetry) throws(ImageError) {
    let upright = try image.seen(symmetry)
    let (width, height, channels) = (upright.width, upright.height, upright.channels)
    let across = AxisWeights(from: width, to: Self.side)
    let down = AxisWeights(from: height, to: Self.side)
    let square = upright.pixels.withSpan { pixels in
      Self.startsDownwards(width: width, height: height)
        ? across.resampleRows(of: down.resampleColumns(of: pixels).span, channels: channels)
        : down.resampleColumns(of: across.resampleRows(of: pixels, channels: channels).span)
    }
    self.init(interleaved: square)
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
  private static func startsDownwards(width: Int, height: Int) -> Bool {
    height > side && height - side > 2 * (width - side)
  }

  /// - Parameter square: 256 x 256 pixels of one byte or of three.
  private init(interleaved square: [UInt8]) {
    let channels = square.count / Self.planeSize
    guard channels > 1 else {
      self.init(planes: square)
      return
    }
    var planes = [UInt8](repeating: 0, count: square.count)
    for channel in 0..<channels {
      for pixel in 0..<Self.planeSize { planes[channel * Self.planeSize + pixel] = square[pixel * channels + channel] }
    }
    self.init(planes: planes)
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
