public import Tensors

extension FourierConvolution {
  /// Inference of one chunk of tiles with the layers behind the convolution on top; an epilogue that pools needs
  /// `tilesHoldWindows`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func forward<Scalar: LaneScalar>(
    share: Int, _ input: PackView<Scalar>, spectra: Values<Scalar>, bias: Values<Scalar>,
    into output: PackView<Scalar>, epilogue: Epilogue<Scalar>, scratch: Values<Lanes<Scalar>>
  ) {
    let chunk = chunk(share, input, spectra, bias, scratch)
    switch side {
    case 8: chunk.store(output, TileTransform<8>.self, epilogue)
    case 12: chunk.store(output, TileTransform<12>.self, epilogue)
    case 13: chunk.store(output, TileTransform<13>.self, epilogue)
    default: chunk.store(output, TileTransform<14>.self, epilogue)
    }
  }
}

extension ForwardChunk {
  @inline(__always)
  fileprivate func store<let side: Int>(
    _ output: PackView<Scalar>, _ transform: TileTransform<side>.Type, _ epilogue: Epilogue<Scalar>
  ) {
    forEachOutput(transform, height: plan.geometry.outputHeight, width: plan.geometry.outputWidth) { rows, channel in
      if epilogue.pools {
        rows.storePooled(transform, into: output, channel: channel, epilogue)
      } else {
        let finish = EpilogueFinish(epilogue: epilogue, constants: epilogue.constants(of: channel))
        rows.store(transform, into: output, channel: channel, finish: finish)
      }
    }
  }
}

/// An epilogue without a pooling, for one channel.
struct EpilogueFinish<Scalar: LaneScalar>: Finish {
  let epilogue: Epilogue<Scalar>
  let constants: EpilogueConstants<Scalar>

  @inline(__always) func finish(_ sum: Lanes<Scalar>, at offset: Int) -> Lanes<Scalar> {
    epilogue.finish(sum, constants)
  }

  @inline(__always) func prepare(at offset: Int) {}
}

extension TileRows {
  /// `storePooled` for inference: what each window chose is not kept.
  @inline(never)
  fileprivate func storePooled<let side: Int>(
    _: TileTransform<side>.Type, into tensor: PackView<Scalar>, channel: Int, _ epilogue: Epilogue<Scalar>
  ) {
    let constants = epilogue.constants(of: channel)
    for slot in Swift.stride(from: 0, to: side, by: 2) {
      let row = rows.position(tileRow, slot) / 2
      guard row < tensor.height else { continue }
      for tile in tiles {
        SmallTransforms.inverseReal16(half(tile, slot), RealRow<Scalar, side>(pixels: edge))
        SmallTransforms.inverseReal16(
          half(tile, slot &+ 1), RealRow<Scalar, side>(pixels: edge + FourierTile.side))
        let column = columns.position(tile, 0) / 2
        let target = tensor.at(channel, row, column)
        for x in 0..<min(side / 2, tensor.width &- column) {
          let window = edge + 2 &* x
          target[x] = epilogue.finish(
            window[0], window[1], window[FourierTile.side], window[FourierTile.side &+ 1], constants)
        }
      }
    }
  }
}
