public import Tensors

extension FourierConvolution {
  /// Shares of the forward pass: chunks of tiles.
  public var forwardShares: Int { forwardGrid.rows * forwardGrid.chunks }

  /// Computes the outputs of one chunk of tiles, with `max(…, 0)` on top when `rectify` is set.
  ///
  /// - Parameters:
  ///   - spectra: the weights' from `prepare`; `bias` has a value for each output channel.
  ///   - scratch: `scratchVectors`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func forward<Scalar: LaneScalar>(
    share: Int, _ input: PackView<Scalar>, spectra: Values<Scalar>, bias: Values<Scalar>,
    into output: PackView<Scalar>, rectify: Bool, scratch: Values<Lanes<Scalar>>
  ) {
    let chunk = chunk(share, input, spectra, bias, scratch)
    if rectify {
      chunk.store(output, finish: Rectified())
    } else {
      chunk.store(output, finish: Plain())
    }
  }

  /// The same with a max pooling of 2 x 2 on top, which `canPool` must allow.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func forward<Scalar: LaneScalar>(
    share: Int, _ input: PackView<Scalar>, spectra: Values<Scalar>, bias: Values<Scalar>,
    into output: PooledOutput<Scalar>, rectify: Bool, scratch: Values<Lanes<Scalar>>
  ) {
    let chunk = chunk(share, input, spectra, bias, scratch)
    switch side {
    case 8: chunk.store(output, TileTransform<8>.self, rectify: rectify)
    case 12: chunk.store(output, TileTransform<12>.self, rectify: rectify)
    default: chunk.store(output, TileTransform<14>.self, rectify: rectify)
    }
  }

  /// Windows of 2 x 2 lie within tiles.
  public var canPool: Bool { side.isMultiple(of: 2) && needsInputGradient }

  @inline(__always)
  func chunk<Scalar: LaneScalar>(
    _ share: Int, _ input: PackView<Scalar>, _ spectra: Values<Scalar>, _ bias: Values<Scalar>,
    _ scratch: Values<Lanes<Scalar>>
  ) -> ForwardChunk<Scalar> {
    let chunk = ForwardChunk(
      plan: self, tileRow: share / forwardGrid.chunks, tiles: forwardGrid.tiles(share % forwardGrid.chunks),
      scratch: scratch.pointer)
    chunk.transform(input)
    chunk.multiply(UnsafePointer(spectra.pointer), bias: UnsafePointer(bias.pointer))
    return chunk
  }
}

/// A few neighbouring tiles on their way through the forward pass.
struct ForwardChunk<Scalar: LaneScalar> {
  let plan: FourierConvolution
  let tileRow: Int
  let tiles: Range<Int>
  let input: Spectra<Scalar>
  let product: Spectra<Scalar>
  let half: UnsafeMutablePointer<Lanes<Scalar>>
  let edge: UnsafeMutablePointer<Lanes<Scalar>>

  init(plan: FourierConvolution, tileRow: Int, tiles: Range<Int>, scratch: UnsafeMutablePointer<Lanes<Scalar>>) {
    self.plan = plan
    self.tileRow = tileRow
    self.tiles = tiles
    edge = scratch
    half = scratch + 2 * FourierTile.side
    let spectra = half + plan.forwardGrid.chunk * FourierTile.halfTransformed
    input = Spectra(spectra, tiles: tiles.count, channels: plan.inputs, width: 2)
    product = Spectra(
      spectra + Spectra<Scalar>.vectors(tiles: plan.forwardGrid.chunk, channels: plan.inputs, width: 2),
      tiles: tiles.count, channels: plan.outputs, width: 2)
  }

  @inline(__always)
  func transform(_ tensor: PackView<Scalar>) {
    let phases = PhaseTiles(
      plan: plan, tileRow: tileRow, tiles: tiles, used: FourierTile.side, half: half, edge: edge)
    phases.forEach(of: tensor) { rows, plane, channel in
      rows.transform(PlaneReader<Scalar, 16>(plane: plane, rowStride: tensor.rowStride, step: rows.columns.step))
      for tile in 0..<tiles.count {
        TileTransform<16>.columns(
          UnsafePointer(rows.half + tile &* FourierTile.halfTransformed),
          into: input.at(0, tile: tile, channel: channel), stride: input.frequencyStride, PairStore<Scalar>.self)
      }
    }
  }

  @inline(__always)
  func multiply(_ weights: UnsafePointer<Scalar>, bias: UnsafePointer<Scalar>) {
    SpectralProduct(weights: weights, operand: input, product: product, tiles: tiles.count)
      .run(PairStore<Scalar>.self)
    for tile in 0..<tiles.count {
      for channel in 0..<plan.outputs {
        let constant = product.at(FourierTile.constantTerm, tile: tile, channel: channel)
        constant.pointee = Scalar.sum(constant.pointee, Lanes(repeating: bias[channel]))
      }
    }
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
    forEachOutput(transform, height: tensor.height, width: tensor.width) { rows, channel in
      rows.store(transform, into: tensor, channel: channel, finish: finish)
    }
  }

  @inline(__always)
  func store<let side: Int>(
    _ output: PooledOutput<Scalar>, _ transform: TileTransform<side>.Type, rectify: Bool
  ) {
    forEachOutput(transform, height: plan.geometry.outputHeight, width: plan.geometry.outputWidth) { rows, channel in
      rows.storePooled(transform, into: output, channel: channel, rectify: rectify)
    }
  }

  @inline(__always)
  func forEachOutput<let side: Int>(
    _ transform: TileTransform<side>.Type, height: Int, width: Int, _ body: (TileRows<Scalar>, _ channel: Int) -> Void
  ) {
    func axis(_ count: Int) -> TileAxis {
      TileAxis(first: 0, step: 1, side: side, used: side, isRotated: false, count: count)
    }
    let rows = TileRows(
      rows: axis(height), columns: axis(width), tileRow: tileRow, tiles: tiles, half: half, edge: edge)
    for channel in 0..<plan.outputs {
      for tile in 0..<tiles.count {
        TileTransform<side>.inverseColumns(
          UnsafePointer(product.at(0, tile: tile, channel: channel)), stride: product.frequencyStride,
          into: half + tile &* FourierTile.halfTransformed)
      }
      body(rows, channel)
    }
  }
}
