import CVector
import Tensors

/// Channels in full blocks, and a rest: found without a division, which would cost as much as a block's work.
struct SpectralBlocks: Sendable {
  let channels: Int
  let largest: Int
  let count: Int

  init(channels: Int, largest: Int) {
    self.channels = channels
    self.largest = largest
    count = (channels + largest - 1) / largest
  }

  /// Blocks of at most `most` channels, as even as full ones and a rest can be.
  static func even(channels: Int, most: Int) -> SpectralBlocks {
    let count = max((channels + most - 1) / most, 1)
    return SpectralBlocks(channels: channels, largest: max((channels + count - 1) / count, 1))
  }

  @inline(__always)
  func range(_ block: Int) -> Range<Int> {
    let first = block &* largest
    return first..<min(first &+ largest, channels)
  }

  /// The block that holds a channel, and the channel's place in it.
  func place(of channel: Int) -> (block: Int, place: Int) { (channel / largest, channel % largest) }
}

/// Spectra of a few tiles: [frequency][tile][channel][pair or triple].
struct Spectra<Scalar: LaneScalar> {
  let base: UnsafeMutablePointer<Lanes<Scalar>>
  let channels: Int
  let width: Int
  /// Odd, so that the frequencies of one value spread over all sets of the caches.
  let frequencyStride: Int

  init(_ base: UnsafeMutablePointer<Lanes<Scalar>>, tiles: Int, channels: Int, width: Int) {
    self.base = base
    self.channels = channels
    self.width = width
    frequencyStride = Spectra.stride(tiles: tiles, channels: channels, width: width)
  }

  static func stride(tiles: Int, channels: Int, width: Int) -> Int { (tiles * channels * width) | 1 }

  static func vectors(tiles: Int, channels: Int, width: Int) -> Int {
    FourierTile.frequencies * stride(tiles: tiles, channels: channels, width: width)
  }

  var tileStride: Int { channels &* width }

  @inline(__always)
  func at(_ frequency: Int, tile: Int, channel: Int) -> UnsafeMutablePointer<Lanes<Scalar>> {
    base + (frequency &* frequencyStride &+ (tile &* channels &+ channel) &* width)
  }

  /// Asks for a tile's values at the frequency after this one, which lies too far away to be foreseen by the machine.
  @inline(__always)
  func prefetch(after frequency: Int, tile: Int, channels: Range<Int>) {
    let first = at(frequency &+ 1, tile: tile, channel: channels.lowerBound)
    for vector in 0..<(channels.count &* width) { kiln_prefetch_for_later(first + vector) }
  }
}
