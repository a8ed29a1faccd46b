import CVector
import Tensors

/// Some groups of an image's tiles on their way through the forward pass.
struct FourierImageChunk {
  private let image: FourierImage
  private let groups: Range<Int>
  private let operand: Spectra<Float>
  private let product: Spectra<Float>
  /// Rows of pixels on their way into lanes or out of them, and a half-transformed tile.
  private let edge: UnsafeMutablePointer<Lanes<Float>>
  private let half: UnsafeMutablePointer<Lanes<Float>>

  static let edgeVectors = 4 * FourierTile.side
  /// A worker's own scratch.
  static let ownVectors = edgeVectors + FourierTile.halfTransformed

  init(_ image: FourierImage, _ groups: Range<Int>, shared: Values<Lanes<Float>>, own: Values<Lanes<Float>>) {
    self.image = image
    self.groups = groups
    edge = own.pointer
    half = own.pointer + Self.edgeVectors
    let spectra = shared.pointer + Self.ownVectors
    operand = Spectra(spectra, tiles: groups.count, channels: image.plan.inputs, width: 2)
    product = Spectra(
      spectra + Spectra<Float>.vectors(tiles: groups.count, channels: image.plan.inputs, width: 2),
      tiles: groups.count, channels: image.plan.outputs, width: 2)
  }

  /// Pixels to spectra.
  func transform(channels: Range<Int>) {
    let g = image.plan.geometry
    for channel in channels {
      for row in 0..<g.strideHeight {
        for column in 0..<g.strideWidth {
          let plane = image.input.at(channel, row - g.paddingHeight, column - g.paddingWidth)
          let number = (channel * g.strideHeight + row) * g.strideWidth + column
          for group in groups { transform(group, plane, number) }
        }
      }
    }
  }

  @inline(never)
  private func transform(_ group: Int, _ plane: UnsafeMutablePointer<Float>, _ number: Int) {
    let offsets = image.places(of: group).input
    switch image.plan.geometry.strideWidth {
    case 1: rows(offsets, plane, step: 1)
    case 2: rows(offsets, plane, step: 2)
    default: rows(offsets, plane, step: image.plan.geometry.strideWidth)
    }
    TileTransform<16>.columns(
      UnsafePointer(half), into: operand.at(0, tile: group - groups.lowerBound, channel: number),
      stride: operand.frequencyStride, PairStore<Float>.self)
  }

  /// - Parameter step: a constant where it is 1 or 2.
  @inline(__always)
  private func rows(_ offsets: UnsafePointer<Int32>, _ plane: UnsafeMutablePointer<Float>, step: Int) {
    let rowStep = image.plan.geometry.strideHeight &* image.input.rowStride
    for slot in 0..<FourierTile.side {
      kiln_prefetch_rows(plane + (slot &+ 2) &* rowStep, offsets, step)
      kiln_gather_rows_float16(plane + slot &* rowStep, offsets, step, edge)
      SmallTransforms.real16(
        PixelRow<Float, 16>(pixels: edge, step: 1), HalfRow(row: half + FourierTile.side &* slot))
    }
  }

  /// Spectra of inputs to spectra of outputs.
  func multiply(frequencies: Range<Int>) {
    SpectralProduct(
      weights: UnsafePointer(image.spectra.pointer), operand: operand, product: product, tiles: groups.count
    ).run(PairStore<Float>.self, frequencies: frequencies)
  }

  /// Spectra to pixels.
  func store(channels: Range<Int>) {
    switch image.plan.side {
    case 8: store(channels, TileTransform<8>.self)
    case 12: store(channels, TileTransform<12>.self)
    case 13: store(channels, TileTransform<13>.self)
    default: store(channels, TileTransform<14>.self)
    }
  }

  @inline(__always)
  private func store<let side: Int>(_ channels: Range<Int>, _ transform: TileTransform<side>.Type) {
    for channel in channels {
      let bias = Lanes<Float>(repeating: image.bias[channel])
      for group in groups {
        let tile = group - groups.lowerBound
        let constant = product.at(FourierTile.constantTerm, tile: tile, channel: channel)
        constant.pointee = Float.sum(constant.pointee, bias)
        TileTransform<side>.inverseColumns(
          UnsafePointer(product.at(0, tile: tile, channel: channel)), stride: product.frequencyStride, into: half)
        if image.epilogue.pools {
          storePooled(image.places(of: group), channel, transform)
        } else {
          storePlain(image.places(of: group), channel, transform)
        }
      }
    }
  }

  @inline(never)
  private func storePlain<let side: Int>(_ places: LanePlaces, _ channel: Int, _: TileTransform<side>.Type) {
    let constants = image.epilogue.constants(of: channel)
    for slot in 0..<side {
      SmallTransforms.inverseReal16(
        HalfRow(row: half + FourierTile.side &* slot), RealRow<Float, side>(pixels: edge))
      for x in 0..<side { edge[x] = image.epilogue.finish(edge[x], constants) }
      scatter(edge, columns: side, row: slot, channel, places)
    }
  }

  @inline(never)
  private func storePooled<let side: Int>(_ places: LanePlaces, _ channel: Int, _: TileTransform<side>.Type) {
    let constants = image.epilogue.constants(of: channel)
    let pooled = edge + 2 * FourierTile.side
    for slot in Swift.stride(from: 0, to: side, by: 2) {
      for row in 0..<2 {
        SmallTransforms.inverseReal16(
          HalfRow(row: half + FourierTile.side &* (slot &+ row)),
          RealRow<Float, side>(pixels: edge + row &* FourierTile.side))
      }
      for x in 0..<(side / 2) {
        let window = edge + 2 &* x
        pooled[x] = image.epilogue.finish(
          window[0], window[1], window[FourierTile.side], window[FourierTile.side &+ 1], constants)
      }
      scatter(pooled, columns: side / 2, row: slot / 2, channel, places)
    }
  }

  /// - Parameter columns: a constant.
  @inline(__always)
  private func scatter(
    _ values: UnsafeMutablePointer<Lanes<Float>>, columns: Int, row: Int, _ channel: Int, _ places: LanePlaces
  ) {
    let target = image.output.at(channel, row, 0)
    let limits = places.isComplete ? nil : places.limits(row: row, at: edge + 3 * FourierTile.side)
    kiln_scatter_rows_float16(values, columns, target, places.output, limits)
  }
}
