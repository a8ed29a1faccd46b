import Images
import Testing

@Suite struct PlanesTests {
  static let side = ImagePlanes.side

  /// Channel, row and column can be read off each byte well enough to tell all eight looks apart.
  static let marked = ImagePlanes(
    bytes: (0..<3).flatMap { channel in
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
    #expect(moves(Self.marked.flippedHorizontally()) { ($0, last - $1) })
    #expect(moves(Self.marked.flippedVertically()) { (last - $0, $1) })
  }

  /// As numpy.rot90 turns: the upper right corner comes to the upper left.
  @Test func turnsCounterClockwise() {
    let last = Self.side - 1
    #expect(moves(Self.marked.rotated(quarterTurns: 1)) { ($1, last - $0) })
    #expect(moves(Self.marked.rotated(quarterTurns: 2)) { (last - $0, last - $1) })
    #expect(moves(Self.marked.rotated(quarterTurns: 3)) { (last - $1, $0) })
    for turns in -9...9 {
      #expect(Self.marked.rotated(quarterTurns: turns) == Self.marked.rotated(quarterTurns: (turns + 12) % 4))
    }
  }

  @Test func makesTheGroupOfTheSquare() {
    let looks = (0..<4).flatMap { turns in
      let turned = Self.marked.rotated(quarterTurns: turns)
      return [turned, turned.flippedHorizontally()]
    }
    for (index, look) in looks.enumerated() { #expect(!looks[..<index].contains(look)) }
    #expect(Self.marked.flippedHorizontally().flippedHorizontally() == Self.marked)
    #expect(Self.marked.flippedHorizontally().flippedVertically() == Self.marked.rotated(quarterTurns: 2))
  }
}
