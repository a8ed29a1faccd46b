import CVector
import Tensors

/// `vectors` of sixteen output channels by `pixels` of one row, summed in registers: a vector of weights times one pixel.
///
/// Both sizes are compile-time constants. Sums begin with the bias and run over input channel, row and column of the
/// window, as `RegisterBlock` takes them.
enum ChannelBlock<let vectors: Int, let pixels: Int> {
  /// - Parameters:
  ///   - step: from the pixel under one output column to that under the next.
  ///   - weights: [input channel][row][column][vector].
  ///   - constants: `ChannelImage.constantVectors` a vector, of which the first is the bias.
  @inline(__always)
  static func correlate(
    _ input: UnsafePointer<Float>, channelStride: Int, rowStride: Int, step: Int, _ window: Window,
    weights: UnsafePointer<Lanes<Float>>, constants: UnsafePointer<Lanes<Float>>,
    into output: UnsafeMutablePointer<Lanes<Float>>, vectorStride: Int
  ) {
    var sums = Four(repeating: Ten(repeating: Lanes<Float>(repeating: 0)))
    unrolled(vectors) { v in
      unrolled(pixels) { p in sums[v][p] = constants[ChannelImage.constantVectors &* v] }
    }
    var weight = weights
    for channel in 0..<window.channels {
      for row in 0..<window.height {
        var pixel = input + (channel &* channelStride &+ row &* rowStride)
        for _ in 0..<window.width {
          var taps = Four(repeating: Lanes<Float>(repeating: 0))
          unrolled(vectors) { v in taps[v] = weight[v] }
          unrolled(pixels) { p in
            let value = Lanes<Float>(repeating: pixel[p &* step])
            unrolled(vectors) { v in Float.addProduct(value, taps[v], to: &sums[v][p]) }
          }
          weight += vectors
          pixel += 1
        }
      }
    }
    unrolled(vectors) { v in unrolled(pixels) { p in output[v &* vectorStride &+ p] = sums[v][p] } }
  }
}

/// Vectors of channels and pixels of a block: with 32 registers 24 sums, 3 vectors of weights and a pixel; with 16 of half
/// the width 6 sums, a vector of weights and a pixel.
enum ChannelBlockShape {
  static var mostVectors: Int { kiln_wide_registers != 0 ? 3 : 1 }
  static var mostPixels: Int { kiln_wide_registers != 0 ? 8 : 6 }
}
