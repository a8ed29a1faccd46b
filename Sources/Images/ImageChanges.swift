import Resampling

/// Small changes to a whole image, as training shows it.
extension ImagePlanes {
  /// Moved by whole pixels; where the image has left, its edge is repeated, as `numpy.pad` with `mode="edge"` does.
  /// Up and to the left if negative.
  public func moved(down: Int, across: Int) -> ImagePlanes {
    guard (down, across) != (0, 0) else { return self }
    let side = Self.side
    let across = min(max(across, -side), side)
    var moved: [UInt8] = []
    moved.reserveCapacity(planes.count)
    for plane in stride(from: 0, to: planes.count, by: Self.planeSize) {
      for row in 0..<side {
        let source = plane + min(max(row - down, 0), side - 1) * side
        let kept = source + max(-across, 0)..<source + side - max(across, 0)
        moved += repeatElement(planes[source], count: max(across, 0))
        moved += planes[kept]
        moved += repeatElement(planes[source + side - 1], count: max(-across, 0))
      }
    }
    return ImagePlanes(planes: moved)
  }

  /// Each byte b becomes brightness * (mean + contrast * (b - mean)), rounded (halves up) and kept within 0...255; the
  /// mean is that of all bytes, rounded to a whole number (halves up).
  public func relit(brightness: Double, contrast: Double) -> ImagePlanes {
    guard (brightness, contrast) != (1, 1) else { return self }
    let sum = planes.reduce(0) { $0 + Int($1) }
    let mean = Double((2 * sum + planes.count) / (2 * planes.count))
    let table = (0..<256).map { byte in
      let value = brightness * (mean + contrast * (Double(byte) - mean))
      return UInt8(min(max((value + 0.5).rounded(.down), 0), 255))
    }
    return ImagePlanes(planes: planes.map { table[Int($0)] })
  }

  /// Turned counter-clockwise as it is seen, made larger by a factor, both about the middle, and then moved, in one
  /// bilinear resampling; the edge is repeated.
  ///
  /// - Parameters:
  ///   - cosine, sine: of the angle.
  ///   - zoom: at least 0.5.
  public func warped(cosine: Double, sine: Double, zoom: Double, down: Int, across: Int) -> ImagePlanes {
    let warp = Warp(side: Self.side, cosine: cosine, sine: sine, zoom: zoom, move: (across: across, down: down))
    return ImagePlanes(planes: warp.applied(to: planes.span))
  }

  /// Laid over another image: share * self + (1 - share) * other, rounded (halves up). Gray with colour gives colour.
  public func mixed(with other: ImagePlanes, share: Double) -> ImagePlanes {
    guard isGray == other.isGray else {
      return ImagePlanes(planes: blended(bytes.span, other.bytes.span, share: share))
    }
    return ImagePlanes(planes: blended(planes.span, other.planes.span, share: share))
  }
}
