import CVector
public import Tensors

/// The forward pass of a direct convolution for one image, with sixteen output channels in the lanes. Every pixel's sum is
/// taken in the order of a pack's kernel, so the bits are the same.
///
/// Lanes behind the last channel repeat it and store the same values.
public struct ChannelImage: @unchecked Sendable {
  let geometry: ConvolutionGeometry
  let input: ImageView
  let output: ImageView
  let epilogue: Epilogue<Float>
  /// [group of vectors][input][row][column][vector in group].
  private let weights: UnsafeMutablePointer<Lanes<Float>>
  /// [vector][bias, mean, scale, shift].
  private let constants: UnsafeMutablePointer<Lanes<Float>>
  /// How far apart the planes of sixteen channels lie: of a full vector, and of the last one.
  private let offsets: UnsafeMutablePointer<Int32>
  private let vectors: Int

  static let constantVectors = 4
  public static let placeCount = 2 * laneCount

  /// - Parameters:
  ///   - memory: `imageWeightVectors`.
  ///   - places: `placeCount`.
  public init(
    _ geometry: ConvolutionGeometry, input: ImageView, output: ImageView, epilogue: Epilogue<Float>,
    memory: Values<Lanes<Float>>, places: Values<Int32>
  ) {
    self.geometry = geometry
    self.input = input
    self.output = output
    self.epilogue = epilogue
    vectors = geometry.imageChannelVectors
    weights = memory.pointer
    constants = memory.pointer + vectors * geometry.inputChannels * geometry.taps
    offsets = places.pointer
  }

  /// Groups of vectors that share a trip through the registers, as even as can be.
  private var groups: Int { (vectors + ChannelBlockShape.mostVectors - 1) / ChannelBlockShape.mostVectors }
  private func group(_ index: Int) -> Range<Int> { (vectors * index / groups)..<(vectors * (index + 1) / groups) }

  /// Puts the weights, [output][input][row][column], the bias and the epilogue's constants into order. To be called when
  /// they have changed, and before the first pass.
  public func prepare(weights values: Values<Float>, bias: Values<Float>) {
    prepareConstants(bias)
    let taps = geometry.inputChannels * geometry.taps
    var next = weights
    for index in 0..<groups {
      for tap in 0..<taps {
        for vector in group(index) {
          next.pointee = channels(of: vector) { values[$0 * taps + tap] }
          next += 1
        }
      }
    }
    let last = (geometry.outputChannels - 1) % laneCount
    for lane in 0..<laneCount {
      offsets[lane] = Int32(lane * output.layout.channelStride)
      offsets[laneCount + lane] = Int32(min(lane, last) * output.layout.channelStride)
    }
  }

  private func prepareConstants(_ bias: Values<Float>) {
    for vector in 0..<vectors {
      let place = constants + Self.constantVectors * vector
      place[0] = channels(of: vector) { bias[$0] }
      guard let normalization = epilogue.normalization else { continue }
      place[1] = channels(of: vector) { normalization.mean[$0] }
      place[2] = channels(of: vector) { normalization.scale[$0] }
      place[3] = channels(of: vector) { normalization.shift[$0] }
    }
  }

  private func channels(of vector: Int, _ value: (Int) -> Float) -> Lanes<Float> {
    var lanes = Lanes<Float>()
    for lane in 0..<laneCount { lanes[lane] = value(min(laneCount * vector + lane, geometry.outputChannels - 1)) }
    return lanes
  }

  /// Runs of columns of a row of the output: a sequence's one row is cut, so that a team can share it.
  private var runs: Int { output.height > 8 ? 1 : max(1, output.width / 32) }

  /// Shares: a run of a row, behind the epilogue, of a group of channels.
  public var shares: Int { groups * output.height * runs }

  /// - Parameter scratch: `imageScratchVectors`.
  public func forward(share: Int, scratch: Values<Lanes<Float>>) {
    let pieces = output.height * runs
    // What is larger, the image or the weights, is walked through once.
    let isImageOutside =
      geometry.inputChannels * geometry.inputHeight * geometry.inputWidth > vectors * laneCount * geometry.inputChannels
      * geometry.taps
    let (index, piece) =
      isImageOutside ? (share % groups, share / groups) : (share / pieces, share % pieces)
    let (row, run) = (piece / runs, piece % runs)
    let columns = (output.width * run / runs)..<(output.width * (run + 1) / runs)
    let range = group(index)
    switch range.count {
    case 1: forward(row, columns, range, scratch, ChannelBlock<1, 1>.self)
    case 2: forward(row, columns, range, scratch, ChannelBlock<2, 1>.self)
    default: forward(row, columns, range, scratch, ChannelBlock<3, 1>.self)
    }
  }

  @inline(__always)
  private func forward<let count: Int>(
    _ row: Int, _ columns: Range<Int>, _ range: Range<Int>, _ scratch: Values<Lanes<Float>>,
    _ block: ChannelBlock<count, 1>.Type
  ) {
    let pool = epilogue.pools ? 2 : 1
    let width = columns.count &* pool
    for line in 0..<pool {
      sums(
        row &* pool &+ line, columns.lowerBound &* pool, width, range, scratch.pointer + line &* count &* width, block)
    }
    finish(row, columns, range, scratch.pointer, scratch.pointer + 2 &* count &* width)
  }

  /// `width` sums of one row before pooling, from column `first` on: [vector][column].
  @inline(__always)
  private func sums<let count: Int>(
    _ row: Int, _ first: Int, _ width: Int, _ range: Range<Int>, _ target: UnsafeMutablePointer<Lanes<Float>>,
    _: ChannelBlock<count, 1>.Type
  ) {
    let blocks = (width + ChannelBlockShape.mostPixels - 1) / ChannelBlockShape.mostPixels
    @inline(__always) func run<let pixels: Int>(_: ChannelBlock<count, pixels>.Type) {
      sums(row, first, width, range, target, ChannelBlock<count, pixels>.self)
    }
    switch (width + blocks - 1) / blocks {
    case 1: run(ChannelBlock<count, 1>.self)
    case 2: run(ChannelBlock<count, 2>.self)
    case 3: run(ChannelBlock<count, 3>.self)
    case 4: run(ChannelBlock<count, 4>.self)
    case 5: run(ChannelBlock<count, 5>.self)
    case 6: run(ChannelBlock<count, 6>.self)
    case 7: run(ChannelBlock<count, 7>.self)
    default: run(ChannelBlock<count, 8>.self)
    }
  }

  /// Blocks of `pixels`, the last one moved back to end with the row.
  @inline(__always)
  private func sums<let count: Int, let pixels: Int>(
    _ row: Int, _ first: Int, _ width: Int, _ range: Range<Int>, _ target: UnsafeMutablePointer<Lanes<Float>>,
    _: ChannelBlock<count, pixels>.Type
  ) {
    let g = geometry
    let start = input.at(
      0, row &* g.strideHeight &- g.paddingHeight, first &* g.strideWidth &- g.paddingWidth)
    var column = 0
    while column < width {
      let x = min(column, width &- pixels)
      ChannelBlock<count, pixels>.correlate(
        UnsafePointer(start + x &* g.strideWidth), channelStride: input.channelStride, rowStride: input.rowStride,
        step: g.strideWidth, Window(channels: g.inputChannels, height: g.kernelHeight, width: g.kernelWidth),
        weights: weights + range.lowerBound &* g.inputChannels &* g.taps,
        constants: constants + Self.constantVectors &* range.lowerBound, into: target + x, vectorStride: width)
      column &+= pixels
    }
  }

  /// Pools, normalizes, rectifies and stores what `sums` left in `lines`.
  @inline(__always)
  private func finish(
    _ row: Int, _ columns: Range<Int>, _ range: Range<Int>, _ lines: UnsafeMutablePointer<Lanes<Float>>,
    _ edge: UnsafeMutablePointer<Lanes<Float>>
  ) {
    let width = columns.count &* (epilogue.pools ? 2 : 1)
    for vector in range {
      let top = lines + (vector &- range.lowerBound) &* width
      let bottom = top + range.count &* width
      let values = constants + Self.constantVectors &* vector
      let constant = EpilogueConstants<Float>(mean: values[1], scale: values[2], shift: values[3])
      var column = 0
      while column < columns.count {
        let count = min(laneCount, columns.count &- column)
        for x in 0..<count {
          let place = 2 &* (column &+ x)
          edge[x] =
            epilogue.pools
            ? epilogue.finish(top[place], top[place &+ 1], bottom[place], bottom[place &+ 1], constant)
            : epilogue.finish(top[column &+ x], constant)
        }
        kiln_scatter_some_float16(
          edge, count, output.at(laneCount &* vector, row, columns.lowerBound &+ column),
          vector == vectors &- 1 ? offsets + laneCount : offsets, nil)
        column &+= laneCount
      }
    }
  }
}

extension ConvolutionGeometry {
  /// What windows read around the image.
  public var imageFrame: ImageLayout.Frame {
    var frame = ImageLayout.Frame()
    (frame.above, frame.below) = (paddingHeight, paddingHeight)
    (frame.left, frame.right) = (paddingWidth, paddingWidth)
    return frame
  }

  /// Sixteen output channels each.
  var imageChannelVectors: Int { (outputChannels + laneCount - 1) / laneCount }

  /// Weights and constants of `ChannelImage`.
  public var imageWeightVectors: Int {
    imageChannelVectors.times(inputChannels.times(taps).plus(ChannelImage.constantVectors))
  }

  /// A worker's: two rows of a group's sums, and a row to scatter.
  public var imageScratchVectors: Int {
    (2 * ChannelBlockShape.mostVectors).times(outputWidth).plus(laneCount)
  }
}
