import Tensors

/// How the spectra of a weight gradient lie: [frequency][output][real, imaginary][input], the inputs filled up to full halves
/// of a vector.
struct GradientBlocks: Sendable {
  let outputs: Int
  let inputs: Int

  static let half = laneCount / 2

  /// Few inputs would leave most lanes empty: images stay in the lanes then, and are summed over at the end of a chunk.
  var sumsLanes: Bool { inputs <= GradientBlocks.half / 2 }

  /// Half vectors that hold the inputs.
  var halves: Int { (inputs + GradientBlocks.half - 1) / GradientBlocks.half }
  /// Scalars of an output's real parts, and from each of them to the imaginary one.
  var rowScalars: Int { halves * GradientBlocks.half }
  var vectorsPerFrequency: Int { outputs * halves }
  var vectors: Int { FourierTile.frequencies * vectorsPerFrequency }

  /// Vectors that the transposed inputs of an image take: whole ones, for aligned reads.
  var transposedStride: Int { (halves + 1) / 2 }
  /// Scratch of one frequency of so many tiles: three factors of every image of every tile, and sums.
  func scratchVectors(tiles: Int) -> Int {
    tiles.times(3 * laneCount).times(transposedStride).plus(vectorsPerFrequency)
  }

  /// Scalars from the start of a frequency to the real part of one weight's sum.
  func offset(output: Int, input: Int) -> Int { 2 * output * rowScalars + input }
}
