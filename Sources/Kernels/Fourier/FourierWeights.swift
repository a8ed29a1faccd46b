public import Tensors

/// The spectra of weights, and weights from the spectra of their gradient: sixteen kernels in the lanes of a tile.
extension FourierConvolution {
  /// Scalars of the spectra for one direction.
  public var spectrumCount: Int { FourierTile.frequencies * outputs * inputs * 3 }

  /// Shares of `prepare` and of `finishWeights`.
  public var weightShares: Int { (outputs * inputs + laneCount - 1) / laneCount }

  /// Transforms sixteen kernels, and puts their spectra where the products read them.
  ///
  /// - Parameters:
  ///   - weights: [output][input][row][column].
  ///   - forward, backward: `spectrumCount` scalars each; `backward` is left alone when no input gradient is needed.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func prepare<Scalar: LaneScalar>(
    share: Int, _ weights: Values<Scalar>, forward: Values<Scalar>, backward: Values<Scalar>,
    scratch: Values<Lanes<Scalar>>
  ) {
    let tile = scratch.pointer
    let half = tile + FourierTile.halfTransformed
    let spectrum = half + FourierTile.halfTransformed
    scratch.slice(0, count: FourierTile.halfTransformed).fill(Scalar.lanes(0))
    forEachTap(share: share) { lane, place, tap in tile[place][lane] = weights.pointer[tap] }
    for row in 0..<FourierTile.side {
      SmallTransforms.real16(
        PixelRow<Scalar, 16>(pixels: tile + FourierTile.side * row, step: 1),
        HalfRow(row: half + FourierTile.side * row))
    }
    TileTransform<16>.columns(UnsafePointer(half), into: spectrum, stride: 2, PairStore<Scalar>.self)
    for (lane, kernel) in kernels(share: share).enumerated() {
      let (output, input) = (kernel / inputs, kernel % inputs)
      scatter(spectrum, lane: lane, into: forward, output, input, isForward: true)
      if needsInputGradient { scatter(spectrum, lane: lane, into: backward, input, output, isForward: false) }
    }
  }

  /// Scratch of `prepare` and `finishWeights`: a tile, half-transformed, and its spectrum.
  var weightVectors: Int { 2 * FourierTile.halfTransformed + 2 * FourierTile.frequencies }

  private func kernels(share: Int) -> Range<Int> {
    (share * laneCount)..<min((share + 1) * laneCount, outputs * inputs)
  }

  /// Calls `body` for every tap of the sixteen kernels with its lane, its place in a tile and its place among the
  /// weights.
  @inline(__always)
  private func forEachTap(share: Int, _ body: (_ lane: Int, _ place: Int, _ tap: Int) -> Void) {
    let columns = geometry.strideWidth
    for (lane, kernel) in kernels(share: share).enumerated() {
      let (output, input) = (kernel / inputs, kernel % inputs)
      let (channel, phase) = (input / phases, input % phases)
      let first = (output * geometry.inputChannels + channel) * geometry.taps
      for row in stride(from: phase / columns, to: geometry.kernelHeight, by: geometry.strideHeight) {
        for column in stride(from: phase % columns, to: geometry.kernelWidth, by: columns) {
          let place = row / geometry.strideHeight * FourierTile.side + column / columns
          body(lane, place, first + row * geometry.kernelWidth + column)
        }
      }
    }
  }

  /// One kernel's spectrum as factors: [frequency][block of results][summand][result in block][three factors].
  @inline(__always)
  private func scatter<Scalar: LaneScalar>(
    _ spectrum: UnsafeMutablePointer<Lanes<Scalar>>, lane: Int, into factors: Values<Scalar>, _ result: Int,
    _ summand: Int, isForward: Bool
  ) {
    let (results, summands) = isForward ? (outputs, inputs) : (inputs, outputs)
    let blocks = SpectralBlocks.ofProduct(channels: results)
    let (block, place) = blocks.place(of: result)
    let channels = blocks.range(block)
    let offset = 3 * (channels.lowerBound * summands + summand * channels.count + place)
    // The inverse transforms are not normalized; the factors are.
    let scale = Scalar(1) / Scalar(FourierTile.side * FourierTile.side)
    for frequency in 0..<FourierTile.frequencies {
      let factor = factors.pointer + (frequency * results * summands * 3 + offset)
      let re = spectrum[2 * frequency][lane] * scale
      let im = spectrum[2 * frequency + 1][lane] * scale
      if frequency >= FourierTile.firstRealPair {
        factor[1] = im
        factor[2] = re
      } else if isForward {
        factor[0] = re
        factor[1] = re - im
        factor[2] = re + im
      } else {
        factor[0] = re + im
        factor[1] = im
        factor[2] = re
      }
    }
  }

  /// Turns the summed spectra of sixteen kernels into their gradients.
  ///
  /// - Parameters:
  ///   - sums: from `reduce`.
  ///   - gradient: [output][input][row][column].
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func finishWeights<Scalar: LaneScalar>(
    share: Int, sums: Values<Lanes<Scalar>>, gradient: Values<Scalar>, scratch: Values<Lanes<Scalar>>
  ) {
    let tile = scratch.pointer
    let half = tile + FourierTile.halfTransformed
    let spectrum = half + FourierTile.halfTransformed
    let scalars = UnsafeMutableRawPointer(sums.pointer).assumingMemoryBound(to: Scalar.self)
    let scale = Scalar(1) / Scalar(FourierTile.side * FourierTile.side)
    for (lane, kernel) in kernels(share: share).enumerated() {
      let first = gradientBlocks.offset(output: kernel / inputs, input: kernel % inputs)
      for frequency in 0..<FourierTile.frequencies {
        let place = first + frequency * gradientBlocks.vectorsPerFrequency * laneCount
        spectrum[2 * frequency][lane] = scalars[place] * scale
        spectrum[2 * frequency + 1][lane] = scalars[place + gradientBlocks.rowScalars] * scale
      }
    }
    TileTransform<16>.inverseColumns(UnsafePointer(spectrum), stride: 2, into: half)
    for row in 0..<FourierTile.side {
      SmallTransforms.inverseReal16(
        HalfRow(row: half + FourierTile.side * row),
        FinishedRow<Plain<Scalar>, 16>(
          pixels: tile + FourierTile.side * row, step: 1, offset: 0, finish: Plain()))
    }
    forEachTap(share: share) { lane, place, tap in gradient.pointer[tap] = tile[place][lane] }
  }
}
