import CVector
import Tensors

/// Whether a block sums all its outputs at once, as 32 registers allow.
private var sumsAllOutputs: Bool { kiln_wide_registers != 0 }

/// The weight gradient's products for few inputs: sums over tiles with images in the lanes, then over the lanes.
extension SpectralCorrelation {
  @inline(never)
  func sumLanes() {
    let outputBlocks = SpectralBlocks(channels: blocks.outputs, largest: 4)
    let inputBlocks = SpectralBlocks(channels: blocks.inputs, largest: 2)
    for frequency in 0..<FourierTile.frequencies {
      let isComplex = frequency < FourierTile.firstRealPair
      let sums = UnsafeMutableRawPointer(self.sums + frequency &* blocks.vectorsPerFrequency)
        .assumingMemoryBound(to: Scalar.self)
      for outputBlock in 0..<outputBlocks.count {
        let outputs = outputBlocks.range(outputBlock)
        let slope = UnsafePointer(gradient.at(frequency, tile: 0, channel: outputs.lowerBound))
        for inputBlock in 0..<inputBlocks.count {
          let inputs = inputBlocks.range(inputBlock)
          let pixels = UnsafePointer(input.at(frequency, tile: 0, channel: inputs.lowerBound))
          let added =
            isComplex
            ? block(slope, pixels, outputs.count, inputs.count, ComplexSum<Scalar>.self)
            : block(slope, pixels, outputs.count, inputs.count, RealPairSum<Scalar>.self)
          add(added, outputs, inputs, to: sums)
        }
      }
    }
  }

  /// Spreads [output][input][real, imaginary] over the sums of a frequency.
  @inline(__always)
  private func add(
    _ added: Lanes<Scalar>, _ outputs: Range<Int>, _ inputs: Range<Int>, to sums: UnsafeMutablePointer<Scalar>
  ) {
    var lane = 0
    for output in outputs {
      for input in inputs {
        let re = sums + (2 &* output &* blocks.rowScalars &+ input)
        let im = re + blocks.rowScalars
        re.pointee = isFirst ? added[lane] : re.pointee + added[lane]
        im.pointee = isFirst ? added[lane &+ 1] : im.pointee + added[lane &+ 1]
        lane &+= 2
      }
    }
  }

  @inline(__always)
  private func block<Sum: SpectralSum<Scalar>>(
    _ slope: UnsafePointer<Lanes<Scalar>>, _ pixels: UnsafePointer<Lanes<Scalar>>, _ outputs: Int, _ inputs: Int,
    _ sum: Sum.Type
  ) -> Lanes<Scalar> {
    @inline(__always) func correlate<let outputs: Int, let inputs: Int>(
      _: CorrelationBlock<outputs, inputs>.Type
    ) -> Lanes<Scalar> {
      CorrelationBlock<outputs, inputs>.correlate(
        sum, slope, gradient.tileStride, pixels, input.tileStride, tiles: tiles)
    }
    switch (outputs, inputs) {
    case (1, 1): return correlate(CorrelationBlock<1, 1>.self)
    case (2, 1): return correlate(CorrelationBlock<2, 1>.self)
    case (3, 1): return correlate(CorrelationBlock<3, 1>.self)
    case (4, 1): return correlate(CorrelationBlock<4, 1>.self)
    case (1, _): return correlate(CorrelationBlock<1, 2>.self)
    case (2, _): return correlate(CorrelationBlock<2, 2>.self)
    case (3, _): return correlate(CorrelationBlock<3, 2>.self)
    default: return correlate(CorrelationBlock<4, 2>.self)
    }
  }
}

/// The sums of `outputs` x `inputs` weights at one frequency, over all tiles of a chunk.
enum CorrelationBlock<let outputs: Int, let inputs: Int> {
  /// - Returns: [output][input][real, imaginary], summed over the images; zero in the lanes left.
  @inline(__always)
  static func correlate<Scalar, Sum: SpectralSum<Scalar>>(
    _: Sum.Type, _ slopes: UnsafePointer<Lanes<Scalar>>, _ slopeStride: Int, _ pixels: UnsafePointer<Lanes<Scalar>>,
    _ pixelStride: Int, tiles: Int
  ) -> Lanes<Scalar> {
    var parts = Sixteen(repeating: Scalar.lanes(0))
    @inline(__always) func take(_ sums: Four<Sum>, output: Int) {
      unrolled(inputs) { input in
        let value = sums[input].correlation
        let place = 2 &* (output &* inputs &+ input)
        parts[place] = value.re
        parts[place &+ 1] = value.im
      }
    }
    if sumsAllOutputs {
      var sums = Four(repeating: Four(repeating: Sum()))
      for tile in 0..<tiles {
        let pixel = pixels + tile &* pixelStride
        unrolled(outputs) { output in
          let factors = TripleStore<Scalar>.load(slopes + (tile &* slopeStride &+ 3 &* output))
          unrolled(inputs) { sums[output][$0].add(factors, Sum.factors(ofPair: pixel + 2 &* $0)) }
        }
      }
      unrolled(outputs) { take(sums[$0], output: $0) }
    } else {
      // Sixteen registers of half the width hold the sums of one output.
      unrolled(outputs) { output in
        var sums = Four(repeating: Sum())
        for tile in 0..<tiles {
          let factors = TripleStore<Scalar>.load(slopes + (tile &* slopeStride &+ 3 &* output))
          unrolled(inputs) {
            sums[$0].add(factors, Sum.factors(ofPair: pixels + (tile &* pixelStride &+ 2 &* $0)))
          }
        }
        take(sums, output: output)
      }
    }
    return parts.laneSums()
  }
}
