import CVector
import Tensors

/// How many output channels share one trip through the registers.
///
/// AVX-512 has 32 registers: ten channels by two columns leave room for the pixels and one weight.
/// With 16 registers of half the width, six channels by one column do.
public var largestBlock: Int { kiln_wide_registers != 0 ? 10 : 6 }

/// Splits channels into blocks as even as can be: the layout of packed weights follows it.
public struct ChannelBlocks: Sendable {
  public let channels: Int
  public let count: Int

  public init(channels: Int) {
    self.channels = channels
    count = (channels + largestBlock - 1) / largestBlock
  }

  /// The channels of a block; the blocks cover 0..<channels in order.
  public func range(_ block: Int) -> Range<Int> {
    (channels * block / count)..<(channels * (block + 1) / count)
  }
}

/// What is done with a finished sum before it is stored.
protocol Finish<Scalar> {
  associatedtype Scalar: LaneScalar
  /// `offset` counts vectors from the origin of the tensor that is written.
  func finish(_ sum: Lanes<Scalar>, at offset: Int) -> Lanes<Scalar>
  func prepare(at offset: Int)
}

struct Plain<Scalar: LaneScalar>: Finish {
  @inline(__always) func finish(_ sum: Lanes<Scalar>, at offset: Int) -> Lanes<Scalar> { sum }
  @inline(__always) func prepare(at offset: Int) {}
}

/// max(sum, 0); NaN stays NaN, so that a diverged run is seen.
struct Rectified<Scalar: LaneScalar>: Finish {
  @inline(__always) func finish(_ sum: Lanes<Scalar>, at offset: Int) -> Lanes<Scalar> { rectified(sum) }
  @inline(__always) func prepare(at offset: Int) {}
}

/// Keeps the sum where an activation of the same layout is positive: the gradient through a ReLU.
struct Masked<Scalar: LaneScalar>: Finish {
  let activation: UnsafePointer<Lanes<Scalar>>

  @inline(__always) func finish(_ sum: Lanes<Scalar>, at offset: Int) -> Lanes<Scalar> {
    let zero = Lanes<Scalar>(repeating: 0)
    return Scalar.select(sum, whereGreater: activation[offset], than: zero, else: zero)
  }

  @inline(__always) func prepare(at offset: Int) {
    kiln_prefetch_for_read(activation + offset)
  }
}

@inline(__always)
func rectified<Scalar: LaneScalar>(_ value: Lanes<Scalar>) -> Lanes<Scalar> {
  let zero = Lanes<Scalar>(repeating: 0)
  return Scalar.select(zero, whereGreater: zero, than: value, else: value)
}

/// The pixels that one register block reads and writes; strides count vectors.
struct BlockAddress<Scalar: LaneScalar> {
  var input: UnsafePointer<Lanes<Scalar>>
  var output: UnsafeMutablePointer<Lanes<Scalar>>
  /// Distance of `output` from the origin of its tensor.
  var outputOffset: Int
}

struct BlockStrides {
  let inputChannel: Int
  let inputRow: Int
  /// From the pixel under one output column to that under the next.
  let inputColumn: Int
  let outputChannel: Int
  let outputColumn: Int
}

/// The kernel window and the channels it sums over.
struct Window {
  let channels: Int
  let height: Int
  let width: Int
}

/// `channels` x `columns` sums of sixteen images, held in registers while a window slides by.
///
/// Both sizes are compile-time constants: the loops over them unroll and the arrays become registers.
enum RegisterBlock<let channels: Int, let columns: Int> {
  /// output[c][j] = finish(bias[c] + sum over window of weight * input[j]), in the order input
  /// channel, row, column. Weights are packed [input channel][row][column][c].
  @inline(__always)
  static func correlate<Scalar, F: Finish<Scalar>>(
    _ address: BlockAddress<Scalar>, _ strides: BlockStrides, _ window: Window,
    weights: UnsafePointer<Scalar>, bias: UnsafePointer<Scalar>, finish: F
  ) {
    var sums = Four(repeating: Ten(repeating: Lanes<Scalar>(repeating: 0)))
    unrolled(channels) { c in
      unrolled(columns) { j in
        sums[j][c] = Lanes<Scalar>(repeating: bias[c])
        let offset = c &* strides.outputChannel &+ j &* strides.outputColumn
        kiln_prefetch_for_write(address.output + offset)
        finish.prepare(at: address.outputOffset &+ offset)
      }
    }
    var weight = weights
    for channel in 0..<window.channels {
      for row in 0..<window.height {
        var pixel = address.input + (channel &* strides.inputChannel &+ row &* strides.inputRow)
        for _ in 0..<window.width {
          var pixels = Four(repeating: Lanes<Scalar>(repeating: 0))
          unrolled(columns) { j in pixels[j] = pixel[j &* strides.inputColumn] }
          unrolled(channels) { c in
            let tap = Lanes<Scalar>(repeating: weight[c])
            unrolled(columns) { j in Scalar.addProduct(pixels[j], tap, to: &sums[j][c])
            }
          }
          weight += channels
          pixel += 1
        }
      }
    }
    unrolled(channels) { c in
      unrolled(columns) { j in
        let offset = c &* strides.outputChannel &+ j &* strides.outputColumn
        address.output[offset] = finish.finish(sums[j][c], at: address.outputOffset &+ offset)
      }
    }
  }

  /// One row of outputs: blocks of `columns`, the last one moved back to end with the row.
  /// Its overlap computes the same sums again. A row narrower than a block goes one by one.
  @inline(__always)
  static func correlateRow<Scalar, F: Finish<Scalar>>(
    _ start: BlockAddress<Scalar>, _ strides: BlockStrides, _ window: Window, width: Int,
    weights: UnsafePointer<Scalar>, bias: UnsafePointer<Scalar>, finish: F
  ) {
    @inline(__always) func address(_ column: Int) -> BlockAddress<Scalar> {
      BlockAddress(
        input: start.input + column &* strides.inputColumn, output: start.output + column &* strides.outputColumn,
        outputOffset: start.outputOffset &+ column &* strides.outputColumn)
    }
    if width < columns {
      for column in 0..<width {
        RegisterBlock<channels, 1>.correlate(
          address(column), strides, window, weights: weights, bias: bias, finish: finish)
      }
      return
    }
    var column = 0
    while column < width {
      correlate(
        address(min(column, width &- columns)), strides, window, weights: weights, bias: bias, finish: finish)
      column &+= columns
    }
  }
}
