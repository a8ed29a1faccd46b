public import Tensors

/// How the sums of a weight gradient are divided: into bands of output rows and blocks of output channels.
///
/// The bands depend on the geometry alone, and each is summed in a fixed order, so the bits of the
/// gradient do not depend on the number of threads. A share is one band of one block; within it, small
/// tiles of the output's gradient stay in the first-level cache while every weight's sum passes by.
public struct WeightGradientPlan: Sendable {
  public let geometry: ConvolutionGeometry
  public let bands: Int
  let tileRows: Int
  let tileColumns: Int

  public init(_ geometry: ConvolutionGeometry) {
    self.geometry = geometry
    // Measured: three rows by sixteen columns of ten channels fill two thirds of a 48 KiB cache;
    // narrow outputs do best with a whole row. A band of about a dozen rows makes enough shares
    // for many cores, and its fixed cost stays below one part in a thousand.
    bands = max(1, geometry.outputHeight / 12)
    tileRows = geometry.outputWidth > 40 ? 3 : 1
    tileColumns = geometry.outputWidth > 40 ? 16 : 28
  }

  public var shares: Int { bands * blocks.count }
  var blocks: ChannelBlocks { ChannelBlocks(channels: geometry.outputChannels) }

  /// Values a band leaves behind: every weight, then every bias.
  public var partialCount: Int { geometry.weightCount.plus(geometry.outputChannels) }

  /// Vectors of scratch memory that a worker needs for one share.
  public var scratchVectors: Int { geometry.inputChannels.times(geometry.taps).plus(1).times(largestBlock) }

  /// Computes a share and writes its weights' and biases' sums to the band's part of `partials`
  /// (`bands * partialCount` values).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func accumulate<Scalar: LaneScalar>(
    share: Int, input: PackView<Scalar>, gradient: PackView<Scalar>,
    scratch: Values<Lanes<Scalar>>, partials: Values<Scalar>
  ) {
    let band = share / blocks.count
    let channels = blocks.range(share % blocks.count)
    let rows = (geometry.outputHeight * band / bands)..<(geometry.outputHeight * (band + 1) / bands)
    let sums = scratch.slice(0, count: channels.count * (geometry.inputChannels * geometry.taps + 1))
    sums.fill(Lanes(repeating: 0))
    forEachTile(rows: rows) { tile in
      let work = TileWork(
        geometry: geometry, input: input, gradient: gradient, tile: tile, firstChannel: channels.lowerBound,
        sums: sums.pointer)
      work.run(channels: channels.count)
    }
    store(sums, channels: channels, into: partials.slice(band * partialCount, count: partialCount))
  }

  /// Adds the bands in order into `total`, for the values `range` of 0..<partialCount.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func reduce<Scalar: LaneScalar>(
    _ range: Range<Int>, partials: Values<Scalar>, weights: Values<Scalar>, biases: Values<Scalar>?
  ) {
    for index in range {
      var sum = partials.pointer[index]
      for band in 1..<max(bands, 1) { sum += partials.pointer[band * partialCount + index] }
      if index < geometry.weightCount {
        weights.pointer[index] = sum
      } else if let biases {
        biases.pointer[index - geometry.weightCount] = sum
      }
    }
  }

  private func forEachTile(rows: Range<Int>, _ body: (Tile) -> Void) {
    let parts = (geometry.outputWidth + tileColumns - 1) / tileColumns
    var row = rows.lowerBound
    while row < rows.upperBound {
      let height = min(tileRows, rows.upperBound - row)
      for part in 0..<parts {
        let first = geometry.outputWidth * part / parts
        let end = geometry.outputWidth * (part + 1) / parts
        body(Tile(row: row, column: first, height: height, width: end - first))
      }
      row += height
    }
  }

  /// Lane sums, back from [input][tap][channel in block] to [output][input][tap].
  @inline(__always)
  private func store<Scalar: LaneScalar>(
    _ sums: Values<Lanes<Scalar>>, channels: Range<Int>, into partial: Values<Scalar>
  ) {
    let perChannel = geometry.inputChannels * geometry.taps
    for (place, channel) in channels.enumerated() {
      for index in 0..<perChannel {
        partial.pointer[channel * perChannel + index] = Scalar.laneSum(sums.pointer[index * channels.count + place])
      }
      partial.pointer[geometry.weightCount + channel] = Scalar.laneSum(
        sums.pointer[perChannel * channels.count + place])
    }
  }
}

/// A few rows and columns of the output's gradient.
struct Tile {
  let row: Int
  let column: Int
  let height: Int
  let width: Int
}

/// One tile of one block of output channels against every input channel and tap.
struct TileWork<Scalar: LaneScalar> {
  let geometry: ConvolutionGeometry
  let input: PackView<Scalar>
  let gradient: PackView<Scalar>
  let tile: Tile
  let firstChannel: Int
  /// [input channel][tap][channel in block], then the biases.
  let sums: UnsafeMutablePointer<Lanes<Scalar>>

  @inline(__always)
  func run(channels: Int) {
    switch channels {
    case 1: TapBlock<1>.run(self)
    case 2: TapBlock<2>.run(self)
    case 3: TapBlock<3>.run(self)
    case 4: TapBlock<4>.run(self)
    case 5: TapBlock<5>.run(self)
    case 6: TapBlock<6>.run(self)
    case 7: TapBlock<7>.run(self)
    case 8: TapBlock<8>.run(self)
    case 9: TapBlock<9>.run(self)
    default: TapBlock<10>.run(self)
    }
  }
}

/// The sums of `channels` output channels, two neighbouring taps at a time where registers allow.
enum TapBlock<let channels: Int> {
  @inline(__always)
  static func run<Scalar>(_ work: TileWork<Scalar>) {
    let geometry = work.geometry
    let gradient = UnsafePointer(work.gradient.at(work.firstChannel, work.tile.row, work.tile.column))
    var sums = work.sums
    for channel in 0..<geometry.inputChannels {
      for row in 0..<geometry.kernelHeight {
        let pixels = UnsafePointer(
          work.input.at(
            channel, work.tile.row &* geometry.strideHeight &+ row &- geometry.paddingHeight,
            work.tile.column &* geometry.strideWidth &- geometry.paddingWidth))
        var column = 0
        if largestBlock == 10 {
          while column &+ 1 < geometry.kernelWidth {
            accumulate(TapPair.self, work, gradient, pixels + column, sums)
            sums += 2 &* channels
            column &+= 2
          }
        }
        while column < geometry.kernelWidth {
          accumulate(SingleTap.self, work, gradient, pixels + column, sums)
          sums += channels
          column &+= 1
        }
      }
    }
    addBiases(work, gradient, sums)
  }

  private typealias TapPair = InlineArray<2, Never?>
  private typealias SingleTap = InlineArray<1, Never?>

  @inline(__always)
  private static func accumulate<Scalar, let taps: Int>(
    _: InlineArray<taps, Never?>.Type, _ work: TileWork<Scalar>, _ gradient: UnsafePointer<Lanes<Scalar>>,
    _ pixels: UnsafePointer<Lanes<Scalar>>, _ sums: UnsafeMutablePointer<Lanes<Scalar>>
  ) {
    let strideWidth = work.geometry.strideWidth
    let channelStride = work.gradient.channelStride
    var held = Four(repeating: Ten(repeating: Lanes<Scalar>(repeating: 0)))
    unrolled(taps) { tap in
      unrolled(channels) { c in held[tap][c] = sums[tap &* channels &+ c] }
    }
    for row in 0..<work.tile.height {
      var pixel = pixels + row &* work.geometry.strideHeight &* work.input.rowStride
      var slope = gradient + row &* work.gradient.rowStride
      for _ in 0..<work.tile.width {
        unrolled(channels) { c in
          let value = slope[c &* channelStride]
          unrolled(taps) { tap in Scalar.addProduct(pixel[tap], value, to: &held[tap][c]) }
        }
        pixel += strideWidth
        slope += 1
      }
    }
    unrolled(taps) { tap in
      unrolled(channels) { c in sums[tap &* channels &+ c] = held[tap][c] }
    }
  }

  @inline(__always)
  private static func addBiases<Scalar>(
    _ work: TileWork<Scalar>, _ gradient: UnsafePointer<Lanes<Scalar>>, _ sums: UnsafeMutablePointer<Lanes<Scalar>>
  ) {
    unrolled(channels) { c in
      var sum = sums[c]
      for row in 0..<work.tile.height {
        let slope = gradient + (c &* work.gradient.channelStride &+ row &* work.gradient.rowStride)
        for column in 0..<work.tile.width { sum = Scalar.sum(sum, slope[column]) }
      }
      sums[c] = sum
    }
  }
}
