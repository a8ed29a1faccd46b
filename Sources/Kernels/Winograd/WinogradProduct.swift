import CVector
import Tensors

/// How the points of kernels lie for one direction: [point][block of results][summand][result in block]. Blocks are those of
/// direct convolution (`ChannelBlocks`): as many results as the registers of the instruction set hold.
struct WinogradKernels {
  let blocks: ChannelBlocks
  let summands: Int

  init(results: Int, summands: Int) {
    blocks = ChannelBlocks(channels: results)
    self.summands = summands
  }

  /// A vector's room behind each block, because kernels are stored a whole vector at a time.
  var scalarsPerPoint: Int { (blocks.channels &* summands &+ blocks.count &* laneCount) | 1 }
  var scalars: Int { WinogradTile.points &* scalarsPerPoint &+ laneCount }

  @inline(__always)
  func offset(point: Int, block: Int) -> Int {
    point &* scalarsPerPoint &+ blocks.range(block).lowerBound &* summands &+ block &* laneCount
  }
}

/// product[point][result][tile] = sum over summands of kernel[point][result][summand] * operand[point][summand][tile].
struct WinogradProduct<Scalar: LaneScalar> {
  let kernels: WinogradKernels
  let weights: UnsafePointer<Scalar>
  let operand: WinogradPoints<Scalar>
  let product: WinogradPoints<Scalar>
  /// Tiles that there are.
  let tiles: Int

  /// - Parameter blocks: of results. The first one's first result is channel 0 of `product`.
  @inline(never)
  func run(point: Int, blocks: Range<Int>) {
    let firstResult = kernels.blocks.range(blocks.lowerBound).lowerBound
    for block in blocks {
      let results = kernels.blocks.range(block)
      let source = UnsafePointer(operand.at(point, channel: 0, tile: 0))
      let target = product.at(point, channel: results.lowerBound &- firstResult, tile: 0)
      let weight = weights + kernels.offset(point: point, block: block)
      @inline(__always) func multiply<let results: Int>(_: InlineArray<results, Never?>.Type) {
        var tile = 0
        if largestBlock == 10 {
          while tile &+ 1 < tiles {
            WinogradBlock<results, 2>.multiply(
              weight, source + tile, operand.tiles, kernels.summands, into: target + tile, product.tiles)
            tile &+= 2
          }
        }
        while tile < tiles {
          WinogradBlock<results, 1>.multiply(
            weight, source + tile, operand.tiles, kernels.summands, into: target + tile, product.tiles)
          tile &+= 1
        }
      }
      switch results.count {
      case 1: multiply(InlineArray<1, Never?>.self)
      case 2: multiply(InlineArray<2, Never?>.self)
      case 3: multiply(InlineArray<3, Never?>.self)
      case 4: multiply(InlineArray<4, Never?>.self)
      case 5: multiply(InlineArray<5, Never?>.self)
      case 6: multiply(InlineArray<6, Never?>.self)
      default:
        guard largestBlock == 10 else { return }
        switch results.count {
        case 7: multiply(InlineArray<7, Never?>.self)
        case 8: multiply(InlineArray<8, Never?>.self)
        case 9: multiply(InlineArray<9, Never?>.self)
        default: multiply(InlineArray<10, Never?>.self)
        }
      }
    }
  }
}

/// `results` channels of `tiles` tiles, summed in registers.
enum WinogradBlock<let results: Int, let tiles: Int> {
  /// Summands that are added up in registers before they are added to the rest: half the error at 128 channels.
  private static var longestSum: Int { 32 }

  @inline(__always)
  static func multiply<Scalar: LaneScalar>(
    _ weights: UnsafePointer<Scalar>, _ operand: UnsafePointer<Lanes<Scalar>>, _ operandStride: Int, _ summands: Int,
    into product: UnsafeMutablePointer<Lanes<Scalar>>, _ productStride: Int
  ) {
    var weight = weights
    var place = operand
    var first = 0
    while first < summands {
      var sums = Four(repeating: Ten(repeating: Scalar.lanes(0)))
      for _ in first..<min(first &+ longestSum, summands) {
        var values = Four(repeating: Scalar.lanes(0))
        unrolled(tiles) { tile in values[tile] = place[tile] }
        unrolled(results) { result in
          let factor = Lanes<Scalar>(repeating: weight[result])
          unrolled(tiles) { tile in Scalar.addProduct(factor, values[tile], to: &sums[tile][result]) }
        }
        weight += results
        place += operandStride
      }
      unrolled(results) { result in
        unrolled(tiles) { tile in
          let target = product + (result &* productStride &+ tile)
          target.pointee = first == 0 ? sums[tile][result] : Scalar.sum(target.pointee, sums[tile][result])
        }
      }
      first &+= longestSum
    }
  }
}
