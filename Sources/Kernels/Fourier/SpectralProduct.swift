import CVector
import Tensors

/// Whether a block of a product sums all three factors of a complex product at once: 4 channels x 2 tiles x 3 sums and
/// what they are made of fill the 32 registers of AVX-512. With 16 registers of half the width, one factor at a time: each
/// sum takes two registers, and six of them leave room for an operand and a weight. No sum's order depends on it.
private var sumsAllFactors: Bool { kiln_wide_registers != 0 }

extension SpectralBlocks {
  /// The blocks of a product's results.
  static func ofProduct(channels: Int) -> SpectralBlocks {
    sumsAllFactors ? SpectralBlocks(channels: channels, largest: 4) : even(channels: channels, most: 6)
  }
}

/// product[f][tile][output] = sum over input channels of weight[f][output][input] * operand[f][tile][input].
struct SpectralProduct<Scalar: LaneScalar> {
  /// [frequency][block of outputs][input][output in block][three factors].
  let weights: UnsafePointer<Scalar>
  let operand: Spectra<Scalar>
  let product: Spectra<Scalar>
  let tiles: Int

  /// All frequencies, or some of them, so that a team can share the products of a few tiles.
  @inline(never)
  func run<Operand: SpectralOperand<Scalar>>(
    _ operandType: Operand.Type, frequencies: Range<Int> = 0..<FourierTile.frequencies
  ) {
    for frequency in frequencies {
      if frequency < FourierTile.firstRealPair {
        run(frequency, operandType, ComplexSum<Scalar>.self)
      } else {
        run(frequency, operandType, RealPairSum<Scalar>.self)
      }
    }
  }

  @inline(__always)
  private func run<Operand: SpectralOperand<Scalar>, Sum: SpectralSum<Scalar>>(
    _ frequency: Int, _ operandType: Operand.Type, _ sum: Sum.Type
  ) {
    let blocks = SpectralBlocks.ofProduct(channels: product.channels)
    var tile = 0
    while tile < tiles {
      operand.prefetch(after: frequency, tile: tile, channels: 0..<operand.channels)
      product.prefetch(after: frequency, tile: tile, channels: 0..<product.channels)
      let isPair = sumsAllFactors && tile &+ 1 < tiles
      for block in 0..<blocks.count {
        let outputs = blocks.range(block)
        let source = operand.at(frequency, tile: tile, channel: 0)
        let target = product.at(frequency, tile: tile, channel: outputs.lowerBound)
        let weight =
          weights + 3 &* operand.channels &* (frequency &* product.channels &+ outputs.lowerBound)
        @inline(__always) func multiply<let outputs: Int, let tiles: Int>(_: ProductBlock<outputs, tiles>.Type) {
          ProductBlock<outputs, tiles>.multiply(
            operandType, sum, weights: weight, operand: source, tileStride: operand.tileStride,
            channels: operand.channels, into: target, productTileStride: product.tileStride)
        }
        if !sumsAllFactors {
          FactorProduct(
            weights: weight, operand: source, channels: operand.channels, outputs: outputs.count, product: target
          ).run(operandType, isComplex: frequency < FourierTile.firstRealPair)
          continue
        }
        switch (outputs.count, isPair) {
        case (1, false): multiply(ProductBlock<1, 1>.self)
        case (2, false): multiply(ProductBlock<2, 1>.self)
        case (3, false): multiply(ProductBlock<3, 1>.self)
        case (4, false): multiply(ProductBlock<4, 1>.self)
        case (1, true): multiply(ProductBlock<1, 2>.self)
        case (2, true): multiply(ProductBlock<2, 2>.self)
        case (3, true): multiply(ProductBlock<3, 2>.self)
        default: multiply(ProductBlock<4, 2>.self)
        }
      }
      tile &+= isPair ? 2 : 1
    }
  }
}

/// `outputs` channels of `tiles` tiles, summed over all input channels in registers.
enum ProductBlock<let outputs: Int, let tiles: Int> {
  /// - Parameter weights: [input channel][output][three factors].
  @inline(__always)
  static func multiply<Scalar, Operand: SpectralOperand<Scalar>, Sum: SpectralSum<Scalar>>(
    _: Operand.Type, _: Sum.Type, weights: UnsafePointer<Scalar>, operand: UnsafePointer<Lanes<Scalar>>,
    tileStride: Int, channels: Int, into product: UnsafeMutablePointer<Lanes<Scalar>>, productTileStride: Int
  ) {
    var sums = Four(repeating: Four(repeating: Sum()))
    var weight = weights
    var place = operand
    for _ in 0..<channels {
      var values = Four(repeating: Operand.load(place))
      unrolled(tiles) { tile in if tile > 0 { values[tile] = Operand.load(place + tile &* tileStride) } }
      unrolled(outputs) { output in
        let factors = Factors<Scalar>(
          first: Lanes(repeating: weight[3 &* output]), second: Lanes(repeating: weight[3 &* output &+ 1]),
          third: Lanes(repeating: weight[3 &* output &+ 2]))
        unrolled(tiles) { tile in sums[tile][output].add(factors, values[tile]) }
      }
      weight += 3 &* outputs
      place += Operand.width
    }
    unrolled(tiles) { tile in
      unrolled(outputs) { output in
        let value = sums[tile][output].product
        let target = product + (tile &* productTileStride &+ 2 &* output)
        target[0] = value.re
        target[1] = value.im
      }
    }
  }
}
