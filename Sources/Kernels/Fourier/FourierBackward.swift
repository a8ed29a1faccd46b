public import Tensors

/// The gradient of a convolution's output, or of the max pooling of 2 x 2 behind it.
public struct OutputGradient<Scalar: LaneScalar> {
  public let tensor: PackView<Scalar>
  /// What the pooling chose, if there is one.
  public let choices: Values<SIMD16<UInt8>>?

  public init(_ tensor: PackView<Scalar>, choices: Values<SIMD16<UInt8>>? = nil) {
    self.tensor = tensor
    self.choices = choices
  }
}

extension FourierConvolution {
  /// Shares of the backward pass: chunks of tiles, several to a share where the sums that each leaves behind are large.
  public var backwardShares: Int {
    backwardGrid.rows.times(backwardGrid.chunks).plus(chunksPerShare - 1) / chunksPerShare
  }

  /// Bounds what all shares leave behind: 600,000 vectors are 38 MB in single precision, about the third-level cache of
  /// the machine of docs/0008 (AMD EPYC, Zen 5, 32 MB). Without it, a layer with hundreds of channels would leave gigabytes
  /// behind. The number dates from 23 November 2026, when shares became chunks of tiles instead of rows of them. It decides
  /// the order of sums, and so bits: it must stay.
  private var chunksPerShare: Int {
    let most = 600_000
    return (backwardGrid.rows.times(backwardGrid.chunks).times(partialVectors).plus(most - 1)) / most
  }

  /// Vectors that one share leaves behind: the spectra of all weights' gradients, then the biases'.
  public var partialVectors: Int { gradientBlocks.vectors + outputs }

  /// Computes both gradients for some tiles: the weights' as sums over them, left in the share's part of `partials`,
  /// the input's in `inputGradient`, where it is zero wherever `mask` is not positive.
  ///
  /// - Parameters:
  ///   - spectra: the weights', for the backward direction, from `prepare`.
  ///   - partials: `backwardShares * partialVectors`.
  ///   - mask: a tensor of the same layout as `inputGradient`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func backward<Scalar: LaneScalar>(
    share: Int, _ input: PackView<Scalar>, _ gradient: OutputGradient<Scalar>, spectra: Values<Scalar>,
    partials: Values<Lanes<Scalar>>, inputGradient: PackView<Scalar>?, mask: PackView<Scalar>?,
    scratch: Values<Lanes<Scalar>>
  ) {
    let sums = partials.slice(share * partialVectors, count: partialVectors)
    let biases = sums.pointer + gradientBlocks.vectors
    sums.slice(gradientBlocks.vectors, count: outputs).fill(Scalar.lanes(0))
    let first = share * chunksPerShare
    for index in first..<min(first + chunksPerShare, backwardGrid.rows * backwardGrid.chunks) {
      let chunk = BackwardChunk(
        plan: self, tileRow: index / backwardGrid.chunks, tiles: backwardGrid.tiles(index % backwardGrid.chunks),
        scratch: scratch.pointer)
      switch side {
      case 8: chunk.transform(input, gradient, TileTransform<8>.self, biases)
      case 12: chunk.transform(input, gradient, TileTransform<12>.self, biases)
      case 13: chunk.transform(input, gradient, TileTransform<13>.self, biases)
      default: chunk.transform(input, gradient, TileTransform<14>.self, biases)
      }
      chunk.correlate(into: sums.pointer, isFirst: index == first)
      guard let inputGradient else { continue }
      chunk.multiply(UnsafePointer(spectra.pointer))
      if let mask {
        precondition(mask.rowStride == inputGradient.rowStride && mask.channelStride == inputGradient.channelStride)
        chunk.store(inputGradient, finish: Masked(activation: UnsafePointer(mask.origin)))
      } else {
        chunk.store(inputGradient, finish: Plain())
      }
    }
  }

  /// Adds the shares' partial sums in order, for the vectors `range` of 0..<partialVectors, into the first share's.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func reduce<Scalar: LaneScalar>(_ range: Range<Int>, partials: Values<Lanes<Scalar>>) {
    for index in range {
      var sum = partials.pointer[index]
      for share in 1..<backwardShares { sum = Scalar.sum(sum, partials.pointer[share &* partialVectors &+ index]) }
      partials.pointer[index] = sum
    }
  }

  /// The biases' gradient, from the reduced partial sums.
  public func finishBiases<Scalar: LaneScalar>(sums: Values<Lanes<Scalar>>, gradient: Values<Scalar>) {
    for output in 0..<outputs {
      gradient.pointer[output] = Scalar.laneSum(sums.pointer[gradientBlocks.vectors + output])
    }
  }
}

/// A few neighbouring tiles on their way through the backward pass.
private struct BackwardChunk<Scalar: LaneScalar> {
  let plan: FourierConvolution
  let tileRow: Int
  let tiles: Range<Int>
  let input: Spectra<Scalar>
  let gradient: Spectra<Scalar>
  let transposed: UnsafeMutablePointer<Lanes<Scalar>>
  let half: UnsafeMutablePointer<Lanes<Scalar>>
  let edge: UnsafeMutablePointer<Lanes<Scalar>>

  init(plan: FourierConvolution, tileRow: Int, tiles: Range<Int>, scratch: UnsafeMutablePointer<Lanes<Scalar>>) {
    self.plan = plan
    self.tileRow = tileRow
    self.tiles = tiles
    edge = scratch
    half = scratch + 2 * FourierTile.side
    let spectra = half + plan.backwardGrid.chunk * FourierTile.halfTransformed
    input = Spectra(spectra, tiles: tiles.count, channels: plan.inputs, width: 2)
    let slopes =
      spectra + Spectra<Scalar>.vectors(tiles: plan.backwardGrid.chunk, channels: plan.inputs, width: 2)
    gradient = Spectra(slopes, tiles: tiles.count, channels: plan.outputs, width: 3)
    transposed =
      slopes
      + Spectra<Scalar>.vectors(tiles: plan.backwardGrid.chunk, channels: plan.outputs, width: 3)
  }

  /// The spectra of the input and of the output's gradient. Whichever tile is cut to `side` pixels, the other one is
  /// whole: with an input gradient to be made, the input's; else the gradient's, whose pixels then are read once.
  @inline(__always)
  func transform<let side: Int>(
    _ tensor: PackView<Scalar>, _ slope: OutputGradient<Scalar>, _ transform: TileTransform<side>.Type,
    _ biases: UnsafeMutablePointer<Lanes<Scalar>>
  ) {
    let cutsInput = plan.needsInputGradient
    let phases = PhaseTiles(
      plan: plan, tileRow: tileRow, tiles: tiles, used: cutsInput ? side : FourierTile.side, half: half, edge: edge)
    phases.forEach(of: tensor) { rows, plane, channel in
      let (rowStride, step) = (tensor.rowStride, rows.columns.step)
      if cutsInput {
        rows.transform(PlaneReader<Scalar, side>(plane: plane, rowStride: rowStride, step: step))
        columns(half, side: transform, into: input, channel, PairStore<Scalar>.self)
      } else {
        rows.transform(PlaneReader<Scalar, 16>(plane: plane, rowStride: rowStride, step: step))
        columns(half, side: TileTransform<16>.self, into: input, channel, PairStore<Scalar>.self)
      }
    }
    for channel in 0..<plan.outputs {
      if let choices = slope.choices {
        let (height, width) = (slope.tensor.height, slope.tensor.width)
        let reader = PooledReader<Scalar, side>(
          plane: slope.tensor.at(channel, 0, 0), rowStride: slope.tensor.rowStride,
          choices: choices.pointer + channel &* height &* width, width: width)
        self.transform(reader, transform, channel, height: 2 &* height, width: 2 &* width, isRotated: true, biases)
      } else if cutsInput {
        let reader = RotatedPlaneReader<Scalar, side>(
          plane: slope.tensor.at(channel, 0, 0), rowStride: slope.tensor.rowStride)
        self.transform(
          reader, transform, channel, height: slope.tensor.height, width: slope.tensor.width, isRotated: true, biases)
      } else {
        let reader = PlaneReader<Scalar, side>(
          plane: slope.tensor.at(channel, 0, 0), rowStride: slope.tensor.rowStride, step: 1)
        self.transform(
          reader, transform, channel, height: slope.tensor.height, width: slope.tensor.width, isRotated: false, biases)
      }
    }
  }

  /// One channel of the output's gradient.
  @inline(__always)
  private func transform<let side: Int, Reader: RowReader<Scalar>>(
    _ reader: Reader, _ transform: TileTransform<side>.Type, _ channel: Int, height: Int, width: Int, isRotated: Bool,
    _ biases: UnsafeMutablePointer<Lanes<Scalar>>
  ) {
    func axis(_ count: Int) -> TileAxis {
      TileAxis(first: 0, step: 1, side: side, used: side, isRotated: isRotated, count: count)
    }
    let rows = TileRows(
      rows: axis(height), columns: axis(width), tileRow: tileRow, tiles: tiles, half: half, edge: edge)
    rows.transform(reader)
    if isRotated {
      columns(half, side: TileTransform<16>.self, into: gradient, channel, TripleStore<Scalar>.self)
    } else {
      columns(half, side: transform, into: gradient, channel, TripleStore<Scalar>.self)
    }
    biases[channel] = Scalar.sum(biases[channel], rows.sumOfOwnPixels(reader))
  }

  @inline(__always)
  private func columns<let used: Int, Store: SpectrumStore<Scalar>>(
    _ half: UnsafeMutablePointer<Lanes<Scalar>>, side: TileTransform<used>.Type, into spectra: Spectra<Scalar>,
    _ channel: Int, _ store: Store.Type
  ) {
    for tile in 0..<tiles.count {
      TileTransform<used>.columns(
        UnsafePointer(half + tile &* FourierTile.halfTransformed),
        into: spectra.at(0, tile: tile, channel: channel), stride: spectra.frequencyStride, store)
    }
  }

  @inline(__always)
  func correlate(into sums: UnsafeMutablePointer<Lanes<Scalar>>, isFirst: Bool) {
    SpectralCorrelation(
      gradient: gradient, input: input, tiles: tiles.count, blocks: plan.gradientBlocks, sums: sums, isFirst: isFirst,
      scratch: transposed
    ).run()
  }

  /// The products take the place of the input's spectra, which nobody needs any more.
  @inline(__always)
  func multiply(_ weights: UnsafePointer<Scalar>) {
    SpectralProduct(weights: weights, operand: gradient, product: input, tiles: tiles.count)
      .run(TripleStore<Scalar>.self)
  }

  @inline(__always)
  func store<F: Finish<Scalar>>(_ tensor: PackView<Scalar>, finish: F) {
    switch plan.side {
    case 8: store(tensor, TileTransform<8>.self, finish)
    case 12: store(tensor, TileTransform<12>.self, finish)
    case 13: store(tensor, TileTransform<13>.self, finish)
    default: store(tensor, TileTransform<14>.self, finish)
    }
  }

  @inline(__always)
  private func store<let side: Int, F: Finish<Scalar>>(
    _ tensor: PackView<Scalar>, _ transform: TileTransform<side>.Type, _ finish: F
  ) {
    let phases = PhaseTiles(plan: plan, tileRow: tileRow, tiles: tiles, used: side, half: half, edge: edge)
    phases.forEach(of: tensor) { rows, _, channel in
      for tile in 0..<tiles.count {
        TileTransform<side>.inverseColumns(
          UnsafePointer(input.at(0, tile: tile, channel: channel)), stride: input.frequencyStride,
          into: half + tile &* FourierTile.halfTransformed)
      }
      rows.store(transform, into: tensor, channel: channel / plan.phases, finish: finish)
    }
  }
}
