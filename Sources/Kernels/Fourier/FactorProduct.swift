import Tensors

/// A block of a spectral product at one frequency and tile, one factor after the other: for machines with few registers.
///
/// The three multiplications of a complex product are three sums over the input channels that never meet before they are
/// complete. Summed one by one, each has its own order, the same as when all are summed at once.
struct FactorProduct<Scalar: LaneScalar> {
  /// [input channel][output][three factors].
  let weights: UnsafePointer<Scalar>
  /// The input channels of one tile.
  let operand: UnsafePointer<Lanes<Scalar>>
  let channels: Int
  /// At most six.
  let outputs: Int
  /// Pairs, one for each output.
  let product: UnsafeMutablePointer<Lanes<Scalar>>

  @inline(__always)
  func run<Operand: SpectralOperand<Scalar>>(_ operandType: Operand.Type, isComplex: Bool) {
    switch outputs {
    case 1: run(FactorBlock<1>.self, operandType, isComplex)
    case 2: run(FactorBlock<2>.self, operandType, isComplex)
    case 3: run(FactorBlock<3>.self, operandType, isComplex)
    case 4: run(FactorBlock<4>.self, operandType, isComplex)
    case 5: run(FactorBlock<5>.self, operandType, isComplex)
    default: run(FactorBlock<6>.self, operandType, isComplex)
    }
  }

  /// As `ComplexSum.product` and `RealPairSum.product`: re = first - second, im = first - third, or third and second.
  @inline(__always)
  private func run<let outputs: Int, Operand: SpectralOperand<Scalar>>(
    _: FactorBlock<outputs>.Type, _ operandType: Operand.Type, _ isComplex: Bool
  ) {
    @inline(__always) func sums(_ factor: Factor) -> Ten<Lanes<Scalar>> {
      FactorBlock<outputs>.sums(
        operandType, factor, weights: weights + factor.rawValue, operand: operand, channels: channels)
    }
    if isComplex {
      let first = sums(.first)
      unrolled(outputs) { output in product[2 &* output] = first[output] }
      let third = sums(.third)
      unrolled(outputs) { output in
        product[2 &* output &+ 1] = Scalar.difference(product[2 &* output], third[output])
      }
      let second = sums(.second)
      unrolled(outputs) { output in
        product[2 &* output] = Scalar.difference(product[2 &* output], second[output])
      }
    } else {
      let third = sums(.third)
      unrolled(outputs) { output in product[2 &* output] = third[output] }
      let second = sums(.second)
      unrolled(outputs) { output in product[2 &* output &+ 1] = second[output] }
    }
  }
}

/// One factor's sums for `outputs` channels, held in registers.
enum FactorBlock<let outputs: Int> {
  @inline(__always)
  static func sums<Scalar, Operand: SpectralOperand<Scalar>>(
    _: Operand.Type, _ factor: Factor, weights: UnsafePointer<Scalar>, operand: UnsafePointer<Lanes<Scalar>>,
    channels: Int
  ) -> Ten<Lanes<Scalar>> {
    var sums = Ten(repeating: Scalar.lanes(0))
    var weight = weights
    var place = operand
    for _ in 0..<channels {
      let value = Operand.load(factor, place)
      unrolled(outputs) { output in
        Scalar.addProduct(Lanes(repeating: weight[3 &* output]), value, to: &sums[output])
      }
      weight += 3 &* outputs
      place += Operand.width
    }
    return sums
  }
}
