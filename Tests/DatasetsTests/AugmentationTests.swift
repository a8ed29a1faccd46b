import Datasets
import Images
import Testing

@Suite struct AugmentationTests {
  static let all = Augmentation(flip: .both, rotate: .quarter)

  @Test func agreesWithNumPy() throws {
    for (index, bits) in try Expected.read().symmetries.enumerated() {
      let symmetry = Self.all.symmetry(seed: 7, epoch: 3, index: index)
      #expect(
        symmetry
          == Symmetry(isFlippedHorizontally: bits[0] == 1, isFlippedVertically: bits[1] == 1, quarterTurns: bits[2]))
    }
  }

  @Test func leavesOutWhatIsNotAskedFor() {
    let drawn = { (augmentation: Augmentation) in
      Set((0..<200).map { augmentation.symmetry(seed: 1, epoch: 2, index: $0) })
    }
    #expect(drawn(Augmentation()) == [.identity])
    #expect(drawn(Augmentation(flip: .horizontal)) == [.identity, .mirrored])
    #expect(drawn(Augmentation(flip: .vertical)) == [.identity, .flipped])
    #expect(drawn(Augmentation(flip: .both)) == [.identity, .mirrored, .flipped, .halfTurn])
    #expect(drawn(Augmentation(rotate: .quarter)) == [.identity, .clockwise, .halfTurn, .counterClockwise])
    #expect(drawn(Self.all) == Set(Symmetry.all))
  }

  /// 16 drawings make the 8 looks of the square, each twice; of 4,000 images each look gets 500. Chi-square with 7
  /// degrees of freedom exceeds 41 once in a million.
  @Test func showsEveryLookEquallyOften() {
    let square = Self.corners(of: Self.marked())
    var looks: [[UInt8]: Double] = [:]
    for index in 0..<4000 {
      let symmetry = Self.all.symmetry(seed: 5, epoch: 1, index: index)
      looks[Self.turned(square, by: symmetry), default: 0] += 1
    }
    #expect(looks.count == 8)
    #expect(looks.values.reduce(0) { $0 + ($1 - 500) * ($1 - 500) / 500 } < 41)
  }

  /// The pixels go where the definition says: flips first, then counter-clockwise turns.
  @Test func movesTheCornersAsDefined() {
    let planes = Self.marked()
    let drawn = Set((0..<200).map { Self.all.symmetry(seed: 5, epoch: 1, index: $0) })
    #expect(drawn.count == 8)
    for symmetry in drawn {
      #expect(Self.corners(of: symmetry.applied(to: planes)) == Self.turned(Self.corners(of: planes), by: symmetry))
    }
  }

  /// Four different corners: upper left, upper right, lower left, lower right.
  static func marked() -> ImagePlanes {
    let side = ImagePlanes.side
    var bytes = [UInt8](repeating: 0, count: 3 * side * side)
    for (value, offset) in [0, side - 1, (side - 1) * side, side * side - 1].enumerated() {
      for channel in 0..<3 { bytes[channel * side * side + offset] = UInt8(10 * channel + value + 1) }
    }
    return ImagePlanes(planes: bytes)
  }

  static func corners(of planes: ImagePlanes) -> [UInt8] {
    let side = ImagePlanes.side
    return [0, side - 1, (side - 1) * side, side * side - 1].map { planes.bytes[$0] }
  }

  static func turned(_ corners: [UInt8], by symmetry: Symmetry) -> [UInt8] {
    let places =
      switch symmetry {
      case .identity: [0, 1, 2, 3]
      case .mirrored: [1, 0, 3, 2]
      case .flipped: [2, 3, 0, 1]
      case .halfTurn: [3, 2, 1, 0]
      // The upper right corner comes to the upper left.
      case .counterClockwise: [1, 3, 0, 2]
      case .clockwise: [2, 0, 3, 1]
      case .transposed: [0, 2, 1, 3]
      case .transversed: [3, 1, 2, 0]
      }
    return places.map { corners[$0] }
  }
}
