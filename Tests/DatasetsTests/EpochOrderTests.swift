import Datasets
import Testing

@Suite struct EpochOrderTests {
  @Test func agreesWithNumPy() throws {
    let expected = try Expected.read().order
    for (epoch, order) in expected.epochs.enumerated() {
      #expect(epochOrder(count: expected.count, seed: expected.seed, epoch: epoch) == order)
    }
  }

  @Test(arguments: [0, 1, 2, 3, 31, 1000])
  func isAPermutation(count: Int) {
    #expect(epochOrder(count: count, seed: 3, epoch: 5).sorted() == Array(0..<count))
  }

  @Test func differsByEpochAndBySeed() {
    let order = epochOrder(count: 100, seed: 1, epoch: 0)
    #expect(order != epochOrder(count: 100, seed: 1, epoch: 1))
    #expect(order != epochOrder(count: 100, seed: 2, epoch: 0))
    #expect(order == epochOrder(count: 100, seed: 1, epoch: 0))
  }

  /// n = 8 examples over 4,000 epochs: each pair (example, place) is expected 500 times. The counts of uniform
  /// permutations have the covariance epochs / (n - 1) * C x C, C the centring matrix, so that the squared deviations
  /// over 500 sum to n / (n - 1) times chi-square with 49 degrees of freedom. Of that, 1 in a million lies above 111
  /// and 1 in a million below 15.
  @Test func visitsEveryPlaceEquallyOften() {
    let (count, epochs) = (8, 4000)
    var visits = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
    for epoch in 0..<epochs {
      for (place, example) in epochOrder(count: count, seed: 11, epoch: epoch).enumerated() {
        visits[place][example] += 1
      }
    }
    let mean = Double(epochs) / Double(count)
    let chiSquare = visits.joined().reduce(0) { $0 + ($1 - mean) * ($1 - mean) / mean }
    let scale = Double(count - 1) / Double(count)
    #expect((15...111).contains(chiSquare * scale))
  }
}
