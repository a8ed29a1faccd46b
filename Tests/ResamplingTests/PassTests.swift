import Resampling
import Testing

/// The passes by vectors against their definition, one byte at a time, at sizes where vectors could go wrong: widths
/// around a multiple of the lanes, one row, one column. Pillow's pixels are the witness of both together, in
/// `ImagesTests`.
@Suite struct PassTests {
  static let sizes = [1, 2, 3, 15, 16, 17, 33, 255, 256, 257, 300, 1031]

  @Test(arguments: sizes, [1, 3])
  func rowsAgreeWithTheDefinition(width: Int, channels: Int) {
    for (height, target) in [(1, 256), (3, 256), (2, 7)] {
      let image = bytes(width * height * channels, seed: UInt64(width))
      let found = AxisWeights(from: width, to: target).resampleRows(of: image.span, channels: channels)
      let taps = Taps(from: width, to: target)
      for row in 0..<height {
        for index in 0..<target {
          for channel in 0..<channels {
            let expected = taps.byte(index) { image[(row * width + $0) * channels + channel] }
            #expect(found[(channel * height + row) * target + index] == expected, "row \(row), \(index), \(channel)")
          }
        }
      }
    }
  }

  @Test(arguments: sizes, [1, 15, 16, 40, 768])
  func columnsAgreeWithTheDefinition(height: Int, width: Int) {
    let image = bytes(width * height, seed: UInt64(height))
    let found = AxisWeights(from: height, to: 256).resampleColumns(of: image.span)
    let taps = Taps(from: height, to: 256)
    let expected = (0..<256).flatMap { index in
      (0..<width).map { x in taps.byte(index) { image[$0 * width + x] } }
    }
    #expect(found == expected)
  }

  /// The last bytes are as great as bytes can be: sums must not run over.
  @Test func whiteStaysWhite() {
    for size in Self.sizes {
      let white = [UInt8](repeating: 255, count: 3 * size)
      let rows = AxisWeights(from: size, to: 256).resampleRows(of: white.span, channels: 3)
      let columns = AxisWeights(from: size, to: 256).resampleColumns(of: white.span)
      #expect(rows.allSatisfy { $0 == 255 } && columns.allSatisfy { $0 == 255 }, "\(size)")
    }
  }

  /// An axis that is stored from its other end gives the same bytes, from the other end, also where only a part of it is
  /// covered.
  @Test(arguments: sizes, [0, 0.25, 0.5])
  func mirroredWeightsWalkFromTheOtherEnd(count: Int, uncovered: Double) {
    let image = bytes(5 * count, seed: UInt64(count))
    let stored = stride(from: 0, to: image.count, by: count).flatMap { image[$0..<$0 + count].reversed() }
    let weights = AxisWeights(from: count, over: 0..<Double(count) - uncovered, to: 256)
    let upright = weights.resampleRows(of: image.span, channels: 1)
    let found = weights.mirrored.resampleRows(of: stored.span, channels: 1)
    #expect(found == stride(from: 0, to: upright.count, by: 256).flatMap { upright[$0..<$0 + 256].reversed() })
  }

  /// Several planes at once are each resampled by themselves.
  @Test func planesDoNotMix() {
    let planes = (0..<3).map { bytes(300 * 19, seed: $0) }
    let weights = AxisWeights(from: 300, to: 256)
    let joined = Array(planes.joined())
    #expect(
      weights.resampleColumns(of: joined.span, planes: 3) == planes.flatMap { weights.resampleColumns(of: $0.span) })
  }

  private func bytes(_ count: Int, seed: UInt64) -> [UInt8] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 56)
    }
  }
}

/// What each target sample is made of, as Pillow's `precompute_coeffs` says it for a triangle filter.
private struct Taps {
  private var samples: [[(sample: Int, weight: Int)]] = []

  init(from source: Int, to target: Int) {
    guard source != target else {
      samples = (0..<target).map { [($0, 1 << 22)] }
      return
    }
    let scale = Double(source) / Double(target)
    let radius = max(scale, 1)
    samples = (0..<target).map { index in
      let center = (Double(index) + 0.5) * scale
      let window = max(Int(center - radius + 0.5), 0)..<min(Int(center + radius + 0.5), source)
      let heights = window.map { max(1 - abs((Double($0) - center + 0.5) * (1 / radius)), 0) }
      let sum = heights.reduce(0, +)
      return zip(window, heights).map { ($0, Int(0.5 + $1 / sum * Double(1 << 22))) }
    }
  }

  func byte(_ index: Int, of source: (Int) -> UInt8) -> UInt8 {
    UInt8(clamping: samples[index].reduce(1 << 21) { $0 + $1.weight * Int(source($1.sample)) } >> 22)
  }
}
