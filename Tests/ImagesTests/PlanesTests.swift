import Images
import Testing

extension ImagePlanes {
  fileprivate func seen(isMirrored: Bool, quarterTurns: Int) -> ImagePlanes {
    Symmetry(isMirrored: isMirrored, quarterTurns: quarterTurns).applied(to: self)
  }
}

@Suite struct PlanesTests {
  static let side = ImagePlanes.side

  /// Channel, row and column can be read off each byte well enough to tell all eight looks apart.
  static let marked = ImagePlanes(
    planes: (0..<3).flatMap { channel in
      (0..<side).flatMap { row in
        (0..<side).map { column in UInt8(truncatingIfNeeded: 85 * channel + 3 * row ^ column) }
      }
    })

  /// Whether each pixel at (row, column) is the one that stood at `source(row, column)` before.
  private func moves(_ result: ImagePlanes, _ source: (Int, Int) -> (Int, Int)) -> Bool {
    let size = Self.side * Self.side
    return (0..<size).allSatisfy { pixel in
      let (row, column) = source(pixel / Self.side, pixel % Self.side)
      let origin = row * Self.side + column
      return (0..<3).allSatisfy { result.bytes[$0 * size + pixel] == Self.marked.bytes[$0 * size + origin] }
    }
  }

  @Test func flips() {
    let last = Self.side - 1
    #expect(moves(Self.marked.seen(isMirrored: true, quarterTurns: 0)) { ($0, last - $1) })
    #expect(moves(Self.marked.seen(isMirrored: true, quarterTurns: 2)) { (last - $0, $1) })
  }

  /// As numpy.rot90 turns: the upper right corner comes to the upper left.
  @Test func turnsCounterClockwise() {
    let last = Self.side - 1
    #expect(moves(Self.marked.seen(isMirrored: false, quarterTurns: 1)) { ($1, last - $0) })
    #expect(moves(Self.marked.seen(isMirrored: false, quarterTurns: 2)) { (last - $0, last - $1) })
    #expect(moves(Self.marked.seen(isMirrored: false, quarterTurns: 3)) { (last - $1, $0) })
    for turns in -9...9 {
      #expect(
        Self.marked.seen(isMirrored: false, quarterTurns: turns)
          == Self.marked.seen(isMirrored: false, quarterTurns: (turns + 12) % 4))
    }
  }

  @Test func makesTheGroupOfTheSquare() {
    let looks = (0..<4).flatMap { turns in
      let turned = Self.marked.seen(isMirrored: false, quarterTurns: turns)
      return [turned, turned.seen(isMirrored: true, quarterTurns: 0)]
    }
    for (index, look) in looks.enumerated() { #expect(!looks[..<index].contains(look)) }
    #expect(Self.marked.seen(isMirrored: true, quarterTurns: 0).seen(isMirrored: true, quarterTurns: 0) == Self.marked)
    #expect(
      Self.marked.seen(isMirrored: true, quarterTurns: 0).seen(isMirrored: true, quarterTurns: 2)
        == Self.marked.seen(isMirrored: false, quarterTurns: 2))
  }

  /// The sum over symmetries goes in this order, and its last bit depends on it.
  @Test func listsTheSymmetriesInAFixedOrder() {
    let described = [false, true].flatMap { isMirrored in
      (0..<4).map { Symmetry(isFlippedHorizontally: isMirrored, isFlippedVertically: false, quarterTurns: $0) }
    }
    #expect(Symmetry.all == described && Set(described).count == 8)
    #expect(Symmetry(isFlippedHorizontally: false, isFlippedVertically: true, quarterTurns: 0) == .flipped)
    #expect(Symmetry(isFlippedHorizontally: true, isFlippedVertically: true, quarterTurns: 3) == .counterClockwise)
  }

  /// A mirror before a turn is another look than a mirror after it.
  @Test(arguments: -5...5)
  func mirrorsBeforeItTurns(turns: Int) {
    let mirrored = Self.marked.seen(isMirrored: true, quarterTurns: 0)
    #expect(
      Self.marked.seen(isMirrored: true, quarterTurns: turns) == mirrored.seen(isMirrored: false, quarterTurns: turns))
  }

  /// Gray is kept as one plane, however it comes; it looks and turns like three equal ones.
  @Test func keepsOnePlaneOfGray() {
    let plane = Array(Self.marked.planes[..<ImagePlanes.planeSize])
    let gray = ImagePlanes(planes: plane)
    #expect(gray == ImagePlanes(planes: plane + plane + plane))
    #expect(gray.isGray && gray.planes == plane && gray.bytes == plane + plane + plane)
    #expect(gray.seen(isMirrored: true, quarterTurns: 1).isGray)
    for place in [ImagePlanes.planeSize, 3 * ImagePlanes.planeSize - 1] {
      var almost = gray.bytes
      almost[place] ^= 1
      #expect(!ImagePlanes(planes: almost).isGray && ImagePlanes(planes: almost).bytes == almost)
    }
  }
}
