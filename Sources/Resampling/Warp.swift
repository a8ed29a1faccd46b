/// A square image turned, made larger or smaller, and moved, all about its middle and in one resampling: each pixel of the
/// result is bilinear between the four nearest of the source. Where the source has no pixels, its edge is repeated.
///
/// All is whole numbers with a fixed place of the point, so that the bytes are the same on every machine.
public struct Warp: Sendable, Equatable {
  /// Places of the source have this many fractional bits, weights `weightBits`.
  private static let placeBits: Int32 = 16
  private static let weightBits: Int32 = 11

  /// The place in the source, across and down, of the result's first pixel.
  private let start: SIMD2<Int32>
  /// The way in the source to the next pixel of a row, and to the next row.
  private let across: SIMD2<Int32>
  private let down: SIMD2<Int32>
  private let side: Int

  /// - Parameters:
  ///   - side: of the image, in pixels; 2 to 1,024.
  ///   - cosine, sine: of the angle by which the image turns, counter-clockwise as it is seen.
  ///   - zoom: 2 shows everything twice as large; from 0.5 on.
  ///   - move: by so many pixels, after all else, to the right and down.
  public init(side: Int, cosine: Double, sine: Double, zoom: Double, move: (across: Int, down: Int) = (0, 0)) {
    precondition((2...1024).contains(side) && zoom >= 0.5, "places in the source fit into 32 bits")
    let middle = Double(side) / 2
    let (c, s) = (cosine / zoom, sine / zoom)
    let (x, y) = (0.5 - middle - Double(move.across), 0.5 - middle - Double(move.down))
    func place(_ x: Double, _ y: Double) -> SIMD2<Int32> {
      let one = Double(1 << Self.placeBits)
      return SIMD2(Int32((x * one).rounded()), Int32((y * one).rounded()))
    }
    self.side = side
    across = place(c, s)
    down = place(-s, c)
    start = place(c * x - s * y + middle - 0.5, s * x + c * y + middle - 0.5)
  }

  /// - Parameter planes: any number of planes of `side` x `side` bytes, one behind the other.
  public func applied(to planes: Span<UInt8>) -> [UInt8] {
    let size = side * side
    precondition(planes.count % size == 0, "planes are whole")
    var result = [UInt8](repeating: 0, count: planes.count)
    var target = result.mutableSpan
    // Each pass over a row does one kind of work, so that all but the loads become vectors.
    var (x, y) = ([Int32](repeating: 0, count: side), [Int32](repeating: 0, count: side))
    var (above, beneath) = ([UInt16](repeating: 0, count: side), [UInt16](repeating: 0, count: side))
    for row in 0..<side {
      let index = Int32(truncatingIfNeeded: row)
      place(along: &x, from: start.x &+ down.x &* index, by: across.x)
      place(along: &y, from: start.y &+ down.y &* index, by: across.y)
      for plane in stride(from: 0, to: planes.count, by: size) {
        let source = planes.extracting(plane..<plane &+ size)
        load(source.bytes, x.span, y.span, into: &above, &beneath)
        blend(above.span, beneath.span, x.span, y.span, into: &target, at: plane &+ row &* side)
      }
    }
    return result
  }

  /// The places of a row's pixels along one axis of the source, held within it.
  private func place(along axis: inout [Int32], from start: Int32, by step: Int32) {
    var axis = axis.mutableSpan
    let last = Int32(truncatingIfNeeded: side &- 1) &<< Self.placeBits
    for column in 0..<side {
      axis[column] = min(max(start &+ Int32(truncatingIfNeeded: column) &* step, 0), last)
    }
  }

  /// The first of two neighbours that a place lies between. The last pixel is reached from the one before it, with the whole
  /// weight: its own neighbour would be outside.
  @inline(__always)
  private func corner(_ place: Int32) -> Int32 {
    min(place &>> Self.placeBits, Int32(truncatingIfNeeded: side) &- 2)
  }

  @inline(__always)
  private func weight(_ place: Int32) -> Int32 {
    (place &- corner(place) &<< Self.placeBits) &>> (Self.placeBits &- Self.weightBits)
  }

  /// Two neighbours a load, the left one in the low byte.
  private func load(
    _ plane: RawSpan, _ x: Span<Int32>, _ y: Span<Int32>, into above: inout [UInt16], _ beneath: inout [UInt16]
  ) {
    var above = above.mutableSpan
    var beneath = beneath.mutableSpan
    for column in 0..<side {
      let offset = Int(corner(y[column])) &* side &+ Int(corner(x[column]))
      above[column] = plane.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self)
      beneath[column] = plane.unsafeLoadUnaligned(fromByteOffset: offset &+ side, as: UInt16.self)
    }
  }

  private func blend(
    _ above: Span<UInt16>, _ beneath: Span<UInt16>, _ x: Span<Int32>, _ y: Span<Int32>,
    into target: inout MutableSpan<UInt8>, at first: Int
  ) {
    let half: Int32 = 1 &<< (2 &* Self.weightBits &- 1)
    for column in 0..<side {
      let (right, below) = (weight(x[column]), weight(y[column]))
      let (upper, lower) = (between(above[column], right), between(beneath[column], right))
      let sum = upper &<< Self.weightBits &+ (lower &- upper) &* below &+ half
      target[first &+ column] = UInt8(truncatingIfNeeded: sum &>> (2 &* Self.weightBits))
    }
  }

  @inline(__always)
  private func between(_ pair: UInt16, _ weight: Int32) -> Int32 {
    let left = Int32(pair & 0xFF)
    return left &<< Self.weightBits &+ (Int32(pair &>> 8) &- left) &* weight
  }
}
