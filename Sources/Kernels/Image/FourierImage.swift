public import Tensors

/// The forward pass of a convolution in the Fourier domain for one image: sixteen of its tiles in the lanes instead of one
/// tile of sixteen images. Tiles, transforms and products are those of a pack, and so are all bits of the result.
///
/// Tiles are numbered in reading order and put into groups of sixteen. A worker can do a chunk of groups from beginning to
/// end (`forward`), or a team shares the three steps of all groups: by input channels, by frequencies, by output channels.
public struct FourierImage: @unchecked Sendable {
  let plan: FourierConvolution
  let input: ImageView
  let output: ImageView
  let epilogue: Epilogue<Float>
  private let places: UnsafeMutablePointer<Int32>
  public let groups: Int
  /// Spectra of the weights from `FourierConvolution.prepare`, and a bias for each output channel.
  let spectra: Values<Float>
  let bias: Values<Float>

  /// - Parameter places: `placeCount` integers, filled by `fillPlaces`.
  public init(
    _ plan: FourierConvolution, input: ImageView, output: ImageView, epilogue: Epilogue<Float>, places: Values<Int32>,
    spectra: Values<Float>, bias: Values<Float>
  ) {
    self.plan = plan
    self.input = input
    self.output = output
    self.epilogue = epilogue
    self.places = places.pointer
    self.spectra = spectra
    self.bias = bias
    groups = plan.imageGroups
  }

  private var pool: Int { epilogue.pools ? 2 : 1 }
  func places(of group: Int) -> LanePlaces { LanePlaces(places + group * LanePlaces.count) }

  /// To be called once, when the memory is new.
  public func fillPlaces() {
    let (g, grid) = (plan.geometry, plan.forwardGrid)
    let side = plan.side / pool
    for group in 0..<groups {
      places(of: group).fill(side: side) { lane in
        // Lanes without a tile repeat the last one, and store the same values as it does.
        let tile = min(group * laneCount + lane, grid.rows * grid.columns - 1)
        let (row, column) = (tile / grid.columns, tile % grid.columns)
        return LanePlaces.Lane(
          input: row * plan.side * g.strideHeight * input.rowStride + column * plan.side * g.strideWidth,
          output: row * side * output.rowStride + column * side,
          rows: min(side, output.height - row * side), columns: min(side, output.width - column * side))
      }
    }
  }

  /// A chunk of groups from beginning to end, by one worker.
  /// - Parameter scratch: `imageScratchVectors` for so many groups.
  public func forward(groups range: Range<Int>, scratch: Values<Lanes<Float>>) {
    let chunk = FourierImageChunk(self, range, shared: scratch, own: scratch)
    chunk.transform(channels: 0..<plan.geometry.inputChannels)
    chunk.multiply(frequencies: 0..<FourierTile.frequencies)
    chunk.store(channels: 0..<plan.outputs)
  }

  /// The steps of all groups by themselves, for some input channels, frequencies or output channels.
  /// - Parameters:
  ///   - shared: `imageScratchVectors` for all groups, the same memory in every step.
  ///   - own: any scratch of the worker's own.
  public func transform(channels: Range<Int>, shared: Values<Lanes<Float>>, own: Values<Lanes<Float>>) {
    FourierImageChunk(self, 0..<groups, shared: shared, own: own).transform(channels: channels)
  }

  public func multiply(frequencies: Range<Int>, shared: Values<Lanes<Float>>) {
    FourierImageChunk(self, 0..<groups, shared: shared, own: shared).multiply(frequencies: frequencies)
  }

  public func store(channels: Range<Int>, shared: Values<Lanes<Float>>, own: Values<Lanes<Float>>) {
    FourierImageChunk(self, 0..<groups, shared: shared, own: own).store(channels: channels)
  }

  public static let frequencies = FourierTile.frequencies
}

extension FourierConvolution {
  /// Windows of 2 x 2 lie within the tiles.
  public var tilesHoldWindows: Bool { side.isMultiple(of: 2) }

  /// Groups of sixteen tiles in an image.
  public var imageGroups: Int { (forwardGrid.rows.times(forwardGrid.columns).plus(laneCount - 1)) / laneCount }

  /// Integers that say where the tiles lie.
  public var imagePlaceCount: Int { imageGroups.times(LanePlaces.count) }

  /// What tiles read around the image.
  public var imageFrame: ImageLayout.Frame {
    func behind(_ tiles: Int, _ stride: Int, _ padding: Int, _ count: Int) -> Int {
      max(0, (tiles * side + FourierTile.side - side) * stride - padding - count)
    }
    var frame = ImageLayout.Frame()
    frame.above = geometry.paddingHeight
    frame.left = geometry.paddingWidth
    frame.below = behind(forwardGrid.rows, geometry.strideHeight, geometry.paddingHeight, geometry.inputHeight)
    frame.right = behind(forwardGrid.columns, geometry.strideWidth, geometry.paddingWidth, geometry.inputWidth)
    return frame
  }

  /// What tiles write zeros to behind the output, or behind the output of a pooling.
  public func imageOutputFrame(pools: Bool) -> ImageLayout.Frame {
    let pool = pools ? 2 : 1
    var frame = ImageLayout.Frame()
    frame.below = forwardGrid.rows * side / pool - geometry.outputHeight / pool
    frame.right = forwardGrid.columns * side / pool - geometry.outputWidth / pool
    return frame
  }

  /// Scratch for the spectra of some groups, and a worker's own part at its beginning.
  public func imageScratchVectors(groups: Int) -> Int {
    FourierImageChunk.ownVectors
      .plus(Spectra<Float>.vectors(tiles: groups, channels: inputs, width: 2))
      .plus(Spectra<Float>.vectors(tiles: groups, channels: outputs, width: 2))
  }
}
