import CVector
import Tensors

/// Outputs whose sums of sixteen inputs stay in registers.
private var mostOutputs: Int { kiln_wide_registers != 0 ? 10 : 6 }

/// sums[f][output][input] += sum over tiles and images of input[f][tile][input] * conj(gradient[f][tile][output]).
///
/// Images lie in the lanes, and are summed over. Rather than sums over lanes at the end of every few products, the inputs
/// are transposed first, eight channels at a time: lanes become channels, tiles and images become the terms of a plain
/// product of matrices, in their order. The transposition serves all outputs.
///
///     (a + ib)(c - id):   (a + b, a, b) of a pair with (c, c + d, c - d), a triple;   im = first - second, re = first - third
struct SpectralCorrelation<Scalar: LaneScalar> {
  /// Triples.
  let gradient: Spectra<Scalar>
  /// Pairs.
  let input: Spectra<Scalar>
  let tiles: Int
  let blocks: GradientBlocks
  let sums: UnsafeMutablePointer<Lanes<Scalar>>
  /// The sums are stored rather than added to what is there.
  let isFirst: Bool
  /// `GradientBlocks.scratchVectors`.
  let scratch: UnsafeMutablePointer<Lanes<Scalar>>

  private typealias Half = SIMD8<Scalar>

  @inline(never)
  func run() {
    if blocks.sumsLanes { return sumLanes() }
    let added = scratch + 3 &* factorVectors
    for frequency in 0..<FourierTile.frequencies {
      let isComplex = frequency < FourierTile.firstRealPair
      transpose(frequency, isComplex: isComplex)
      let total = sums + frequency &* blocks.vectorsPerFrequency
      multiply(frequency, isComplex: isComplex, into: isFirst ? total : added)
      if isFirst { continue }
      for index in 0..<blocks.vectorsPerFrequency { total[index] = Scalar.sum(total[index], added[index]) }
    }
  }

  /// Vectors of one transposed factor: [tile][image][channel].
  private var factorVectors: Int { tiles &* laneCount &* blocks.transposedStride }

  private func scalars(_ vectors: UnsafeMutablePointer<Lanes<Scalar>>) -> UnsafeMutablePointer<Scalar> {
    UnsafeMutableRawPointer(vectors).assumingMemoryBound(to: Scalar.self)
  }

  private func halves(_ scalars: UnsafeMutablePointer<Scalar>) -> UnsafeMutablePointer<Half> {
    UnsafeMutableRawPointer(scalars).assumingMemoryBound(to: Half.self)
  }

  /// The three factors of c + id: (c + d, c, d), or of a pair of real values: (-, second, first).
  private func transpose(_ frequency: Int, isComplex: Bool) {
    let stride = blocks.transposedStride &* laneCount
    for tile in 0..<tiles {
      for block in 0..<blocks.halves {
        let channel = block &* GradientBlocks.half
        let place = UnsafePointer(input.at(frequency, tile: tile, channel: channel))
        let count = min(GradientBlocks.half, blocks.inputs &- channel)
        input.prefetch(after: frequency, tile: tile, channels: channel..<(channel &+ count))
        @inline(__always) func target(_ factor: Int) -> UnsafeMutablePointer<Scalar> {
          scalars(scratch + factor &* factorVectors) + (tile &* laneCount &* stride &+ channel)
        }
        Scalar.transpose(place, step: 2, count: count, to: target(isComplex ? 1 : 2), row: stride)
        Scalar.transpose(place + 1, step: 2, count: count, to: target(isComplex ? 2 : 1), row: stride)
        for image in 0..<laneCount {
          let offset = image &* stride
          halves(target(0) + offset).pointee = Scalar.sum(
            halves(target(1) + offset).pointee, halves(target(2) + offset).pointee)
        }
      }
    }
  }

  /// re = first - third, im = first - second; of real pairs re = third, im = second.
  private func multiply(_ frequency: Int, isComplex: Bool, into sums: UnsafeMutablePointer<Lanes<Scalar>>) {
    let re = halves(scalars(sums))
    let im = re + blocks.halves
    if isComplex {
      multiply(frequency, .first) { re[$0] = $1 }
      multiply(frequency, .second) { im[$0] = Scalar.difference(re[$0], $1) }
      multiply(frequency, .third) { re[$0] = Scalar.difference(re[$0], $1) }
    } else {
      multiply(frequency, .third) { re[$0] = $1 }
      multiply(frequency, .second) { im[$0] = $1 }
    }
  }

  /// Calls `store` with the place of eight columns' sums among half vectors, real parts, and the sums of one factor.
  @inline(__always)
  private func multiply(_ frequency: Int, _ factor: Factor, _ store: (Int, Half) -> Void) {
    let whole = blocks.halves / 2
    let rowBlocks = SpectralBlocks.even(channels: blocks.outputs, most: mostOutputs)
    for block in 0..<rowBlocks.count {
      let rows = rowBlocks.range(block)
      for column in 0..<whole {
        multiply(Lanes<Scalar>.self, frequency, factor, rows, first: column) { row, sum in
          let place = 2 &* (row &* blocks.halves &+ column)
          store(place, sum.lowHalf)
          store(place &+ 1, sum.highHalf)
        }
      }
    }
    guard whole &* 2 < blocks.halves else { return }
    let tailBlocks = SpectralBlocks.even(channels: blocks.outputs, most: 10)
    for block in 0..<tailBlocks.count {
      multiply(Half.self, frequency, factor, tailBlocks.range(block), first: 2 &* whole) { row, sum in
        store(2 &* row &* blocks.halves &+ 2 &* whole, sum)
      }
    }
  }

  /// Calls `store` with each of `rows` and its sums; `first` counts the columns in vectors of this width.
  @inline(__always)
  private func multiply<Vector: ColumnVector<Scalar>>(
    _: Vector.Type, _ frequency: Int, _ factor: Factor, _ rows: Range<Int>, first: Int,
    _ store: (_ row: Int, Vector) -> Void
  ) {
    let values = scalars(gradient.at(frequency, tile: 0, channel: rows.lowerBound) + factor.rawValue)
    let vectors = UnsafeMutableRawPointer(scratch + factor.rawValue &* factorVectors)
      .assumingMemoryBound(to: Vector.self)
    let perImage = blocks.transposedStride &* (laneCount / Vector.scalarCount)
    if factor == .first && first == 0 {
      for tile in 0..<tiles { gradient.prefetch(after: frequency, tile: tile, channels: rows) }
    }
    @inline(__always) func run<let count: Int>(_: OuterBlock<count>.Type) {
      let sums: Ten<Vector> = OuterBlock<count>.sums(
        values, tileStride: gradient.tileStride &* laneCount, vectors + first, perImage, tiles: tiles)
      unrolled(count) { store(rows.lowerBound &+ $0, sums[$0]) }
    }
    switch rows.count {
    case 1: run(OuterBlock<1>.self)
    case 2: run(OuterBlock<2>.self)
    case 3: run(OuterBlock<3>.self)
    case 4: run(OuterBlock<4>.self)
    case 5: run(OuterBlock<5>.self)
    case 6: run(OuterBlock<6>.self)
    case 7: run(OuterBlock<7>.self)
    case 8: run(OuterBlock<8>.self)
    case 9: run(OuterBlock<9>.self)
    default: run(OuterBlock<10>.self)
    }
  }
}

/// Sixteen or eight columns.
protocol ColumnVector<Scalar>: SIMD {
  static func sum(_ a: Self, _ b: Self) -> Self
  static func addProduct(_ a: Self, _ b: Self, to total: inout Self)
}

extension SIMD16: ColumnVector where Scalar: LaneScalar {
  @inline(__always)
  static func sum(_ a: Self, _ b: Self) -> Self { Scalar.sum(a, b) }

  @inline(__always)
  static func addProduct(_ a: Self, _ b: Self, to total: inout Self) { Scalar.addProduct(a, b, to: &total) }
}

extension SIMD8: ColumnVector where Scalar: LaneScalar {
  @inline(__always)
  static func sum(_ a: Self, _ b: Self) -> Self { Scalar.sum(a, b) }

  @inline(__always)
  static func addProduct(_ a: Self, _ b: Self, to total: inout Self) { Scalar.addProduct(a, b, to: &total) }
}

/// Sums of outer products of `rows` values with a vector of columns, in registers.
enum OuterBlock<let rows: Int> {
  /// sums[row] = sum over tiles of the sum over images of values[tile][row][image] * columns[tile][image]. One long sum
  /// would be less exact.
  /// - Parameter values: triples of vectors, of which one is read.
  @inline(__always)
  static func sums<Vector: ColumnVector>(
    _ values: UnsafePointer<Vector.Scalar>, tileStride: Int, _ columns: UnsafePointer<Vector>, _ columnStride: Int,
    tiles: Int
  ) -> Ten<Vector> {
    var total = Ten(repeating: Vector())
    var column = columns
    for tile in 0..<tiles {
      var sums = Ten(repeating: Vector())
      var value = values + tile &* tileStride
      for _ in 0..<laneCount {
        let vector = column.pointee
        unrolled(rows) { row in
          Vector.addProduct(Vector(repeating: value[3 &* laneCount &* row]), vector, to: &sums[row])
        }
        value += 1
        column += columnStride
      }
      unrolled(rows) { row in total[row] = Vector.sum(total[row], sums[row]) }
    }
    return total
  }
}
