import Networks
import Tensors
import Testing

@Suite struct TreeSumTests {
  /// The tree as one would draw it: pairs of neighbours, then pairs of pairs; a lone one moves up.
  static func reference(_ values: [Float]) -> Float {
    var level = values
    while level.count > 1 {
      level = stride(from: 0, to: level.count, by: 2).map { index in
        index + 1 < level.count ? level[index] + level[index + 1] : level[index]
      }
    }
    return level[0]
  }

  @Test(arguments: 1...17)
  func addsByTheTree(count: Int) throws {
    let values = (0..<count).map { (index: Int) -> Float in
      let size: Float = index % 2 == 0 ? 1e4 : 1
      return size / Float(index * index + 3)
    }
    let sum = try TreeSum<Float>(size: 1, most: count)
    let term = try Storage<Float>(count: 1)
    for _ in 0..<2 {
      for value in values {
        term.all[0] = value
        sum.add(term.all)
      }
      #expect(sum.finish()[0] == Self.reference(values))
    }
  }
}
