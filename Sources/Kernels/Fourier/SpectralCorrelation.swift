import CVector
import Tensors

/// How the spectra of a weight gradient lie: [frequency][block of outputs][block of inputs], a vector each, whose
/// lanes are [output in block][input in block][real, imaginary].
struct GradientBlocks: Sendable {
  let outputs: SpectralBlocks
  let inputs: SpectralBlocks

  init(outputs: Int, inputs: Int) {
    self.outputs = SpectralBlocks(channels: outputs, largest: 4)
    self.inputs = SpectralBlocks(channels: inputs, largest: 2)
  }

  var vectorsPerFrequency: Int { outputs.count * inputs.count }
  var vectors: Int { FourierTile.frequencies * vectorsPerFrequency }

  /// Scalars from the start of a frequency to the real part of one weight's sum.
  func offset(output: Int, input: Int) -> Int {
    let (outputBlock, outputPlace) = outputs.place(of: output)
    let (inputBlock, inputPlace) = inputs.place(of: input)
    let inputsInBlock = inputs.range(inputBlock).count
    return (outputBlock * inputs.count + inputBlock) * laneCount + (outputPlace * inputsInBlock + inputPlace) * 2
  }
}

/// sums[f][output][input] += sum over tiles and images of input[f][tile][input] * conj(gradient[f][tile][output]).
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

  @inline(never)
  func run() {
    var sum = sums
    for frequency in 0..<FourierTile.frequencies {
      let isComplex = frequency < FourierTile.firstRealPair
      for outputBlock in 0..<blocks.outputs.count {
        let outputs = blocks.outputs.range(outputBlock)
        let slope = UnsafePointer(gradient.at(frequency, tile: 0, channel: outputs.lowerBound))
        for inputBlock in 0..<blocks.inputs.count {
          let inputs = blocks.inputs.range(inputBlock)
          let pixels = UnsafePointer(input.at(frequency, tile: 0, channel: inputs.lowerBound))
          let added =
            isComplex
            ? block(slope, pixels, outputs.count, inputs.count, ComplexSum<Scalar>.self)
            : block(slope, pixels, outputs.count, inputs.count, RealPairSum<Scalar>.self)
          sum.pointee = isFirst ? added : Scalar.sum(sum.pointee, added)
          sum += 1
        }
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
    var sums = Four(repeating: Four(repeating: Sum()))
    var slope = slopes
    var pixel = pixels
    for _ in 0..<tiles {
      var values = Four(repeating: Sum.factors(ofPair: pixel))
      unrolled(inputs) { input in if input > 0 { values[input] = Sum.factors(ofPair: pixel + 2 &* input) } }
      unrolled(outputs) { output in
        let factors = TripleStore<Scalar>.load(slope + 3 &* output)
        unrolled(inputs) { input in sums[output][input].add(factors, values[input]) }
      }
      slope += slopeStride
      pixel += pixelStride
    }
    var parts = Sixteen(repeating: Scalar.lanes(0))
    unrolled(outputs) { output in
      unrolled(inputs) { input in
        let value = sums[output][input].correlation
        let place = 2 &* (output &* inputs &+ input)
        parts[place] = value.re
        parts[place &+ 1] = value.im
      }
    }
    return parts.laneSums()
  }
}
