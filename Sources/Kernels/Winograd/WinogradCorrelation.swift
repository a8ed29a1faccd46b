import CVector
import Tensors

/// The points of a chunk's 4 x 4 tiles with channels in the lanes: [point][tile, image][vector of sixteen channels].
struct WinogradOwnPoints<Scalar: LaneScalar> {
  let base: UnsafeMutablePointer<Lanes<Scalar>>
  let vectors: Int
  let stride: Int

  init(_ base: UnsafeMutablePointer<Lanes<Scalar>>, tiles: Int, vectors: Int) {
    self.base = base
    self.vectors = vectors
    stride = (tiles &* laneCount &* vectors) | 1
  }

  static func count(tiles: Int, vectors: Int) -> Int {
    WinogradTile.points.times(tiles.times(laneCount).times(vectors) | 1)
  }

  @inline(__always)
  func at(_ point: Int, image: Int, vector: Int) -> UnsafeMutablePointer<Lanes<Scalar>> {
    base + (point &* stride &+ image &* vectors &+ vector)
  }
}

/// sums[point][window channel][own channel] += sum over tiles and images of window * own: a plain matrix product, because the
/// own tiles' channels lie in the lanes. No sum over lanes is needed.
struct WinogradCorrelation<Scalar: LaneScalar> {
  let windows: WinogradPoints<Scalar>
  let windowChannels: Int
  let own: WinogradOwnPoints<Scalar>
  let tiles: Int
  /// [point][window channel][vector of own channels], points an odd number of vectors apart.
  let sums: UnsafeMutablePointer<Lanes<Scalar>>
  /// The sums are stored rather than added to what is there.
  let isFirst: Bool

  /// With AVX-512 the registers hold two vectors of every block, else of three rows at most.
  private var pairsVectors: Bool { largestBlock == 10 || windowChannels <= 3 }

  @inline(never)
  func run(point: Int) {
    let vectors = own.vectors
    let blocks = ChannelBlocks(channels: windowChannels)
    let sums = sums + point &* ((windowChannels &* vectors) | 1)
    let source = UnsafeRawPointer(windows.at(point, channel: 0, tile: 0)).assumingMemoryBound(to: Scalar.self)
    var vector = 0
    while vector < vectors {
      let isPair = vector &+ 1 < vectors && pairsVectors
      let pixels = UnsafePointer(own.at(point, image: 0, vector: vector))
      for block in 0..<blocks.count {
        let rows = blocks.range(block)
        add(
          source + rows.lowerBound &* windows.tiles &* laneCount, pixels, rows: rows.count, isPair: isPair,
          to: sums + (rows.lowerBound &* vectors &+ vector))
      }
      vector &+= isPair ? 2 : 1
    }
  }

  @inline(__always)
  private func add(
    _ slopes: UnsafePointer<Scalar>, _ pixels: UnsafePointer<Lanes<Scalar>>, rows: Int, isPair: Bool,
    to target: UnsafeMutablePointer<Lanes<Scalar>>
  ) {
    @inline(__always) func correlate<let rows: Int>(_: InlineArray<rows, Never?>.Type, pairs: Bool) {
      if pairs && isPair {
        CorrelationRows<rows, 2>.add(
          slopes, windows.tiles &* laneCount, pixels, own.vectors, tiles: tiles, to: target, isFirst)
      } else {
        CorrelationRows<rows, 1>.add(
          slopes, windows.tiles &* laneCount, pixels, own.vectors, tiles: tiles, to: target, isFirst)
      }
    }
    let isWide = largestBlock == 10
    switch rows {
    case 1: correlate(InlineArray<1, Never?>.self, pairs: true)
    case 2: correlate(InlineArray<2, Never?>.self, pairs: true)
    case 3: correlate(InlineArray<3, Never?>.self, pairs: true)
    case 4: correlate(InlineArray<4, Never?>.self, pairs: isWide)
    case 5: correlate(InlineArray<5, Never?>.self, pairs: isWide)
    case 6: correlate(InlineArray<6, Never?>.self, pairs: isWide)
    default:
      guard isWide else { return }
      switch rows {
      case 7: correlate(InlineArray<7, Never?>.self, pairs: true)
      case 8: correlate(InlineArray<8, Never?>.self, pairs: true)
      case 9: correlate(InlineArray<9, Never?>.self, pairs: true)
      default: correlate(InlineArray<10, Never?>.self, pairs: true)
      }
    }
  }
}

/// `rows` channels against `vectors` times sixteen, in registers.
enum CorrelationRows<let rows: Int, let vectors: Int> {
  /// Tiles that are added up in registers before they are added to the rest.
  private static var longestSum: Int { 4 }

  @inline(__always)
  static func add<Scalar: LaneScalar>(
    _ slopes: UnsafePointer<Scalar>, _ slopeStride: Int, _ pixels: UnsafePointer<Lanes<Scalar>>, _ pixelStride: Int,
    tiles: Int, to target: UnsafeMutablePointer<Lanes<Scalar>>, _ isFirst: Bool
  ) {
    var slope = slopes
    var pixel = pixels
    var first = 0
    while first < tiles {
      var sums = Four(repeating: Ten(repeating: Scalar.lanes(0)))
      unrolled(rows) { row in
        unrolled(vectors) { v in kiln_prefetch_for_write(target + (row &* pixelStride &+ v)) }
      }
      for _ in 0..<(laneCount &* min(longestSum, tiles &- first)) {
        var values = Four(repeating: Scalar.lanes(0))
        unrolled(vectors) { v in values[v] = pixel[v] }
        unrolled(rows) { row in
          let factor = Lanes<Scalar>(repeating: slope[row &* slopeStride])
          unrolled(vectors) { v in Scalar.addProduct(factor, values[v], to: &sums[v][row]) }
        }
        slope += 1
        pixel += pixelStride
      }
      unrolled(rows) { row in
        unrolled(vectors) { v in
          let place = target + (row &* pixelStride &+ v)
          place.pointee = isFirst && first == 0 ? sums[v][row] : Scalar.sum(place.pointee, sums[v][row])
        }
      }
      first &+= longestSum
    }
  }
}
