public import Tensors

/// x = pixel / 255 * scale + offset, a channel at a time.
public struct PixelScale: Sendable, Hashable {
  public let scale: Float
  public let offset: Float

  /// (pixel / 255 - mean) / deviation as one multiply-add.
  public init(mean: Double, deviation: Double) {
    scale = Float(1 / (255 * deviation))
    offset = Float(-mean / deviation)
  }
}

/// Puts up to sixteen images of planar bytes side by side into the lanes: [channel][row][column] each, or a single
/// [row][column] of a gray image, which stands for every channel.
///
/// Lanes without an image repeat the first one: their gradient is zero, and their values are finite.
/// - Parameters:
///   - rows: the rows to fill, in every channel, so that a team can share the work.
///   - scales: one for each channel.
public func packImages<Scalar: LaneScalar>(
  rows: Range<Int>, _ images: [[UInt8]], scales: [PixelScale], into pack: PackView<Scalar>
) {
  precondition(!images.isEmpty && images.count <= laneCount && scales.count == pack.channels)
  let plane = pack.height * pack.width
  precondition(images.allSatisfy { $0.count == pack.channels * plane || $0.count == plane })
  withPixelPointers(images[...], []) { pointers in
    for channel in 0..<pack.channels {
      let lanes = InlineArray<16, UnsafePointer<UInt8>> {
        let image = $0 < pointers.count ? $0 : 0
        return images[image].count == plane ? pointers[image] : pointers[image] + channel * plane
      }
      for row in rows {
        fillRow(lanes, at: row * pack.width, scales[channel], into: pack.at(channel, row, 0), width: pack.width)
      }
    }
  }
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
func fillRow<Scalar: LaneScalar>(
  _ lanes: borrowing InlineArray<16, UnsafePointer<UInt8>>, at start: Int, _ scale: PixelScale,
  into row: UnsafeMutablePointer<Lanes<Scalar>>, width: Int
) {
  for column in 0..<width {
    var bytes = SIMD16<UInt8>()
    for lane in 0..<16 { bytes[lane] = lanes[unchecked: lane][start &+ column] }
    var pixel = Lanes<Scalar>(repeating: Scalar(scale.offset))
    Scalar.addProduct(Scalar.lanes(bytes), Lanes(repeating: Scalar(scale.scale)), to: &pixel)
    row[column] = pixel
  }
}

/// The addresses of all images at once; arrays lend theirs one scope at a time.
private func withPixelPointers(
  _ images: ArraySlice<[UInt8]>, _ pointers: [UnsafePointer<UInt8>], _ body: ([UnsafePointer<UInt8>]) -> Void
) {
  guard let first = images.first else { return body(pointers) }
  first.withUnsafeBufferPointer { buffer in
    guard let base = buffer.baseAddress else { return }
    withPixelPointers(images.dropFirst(), pointers + [base], body)
  }
}
