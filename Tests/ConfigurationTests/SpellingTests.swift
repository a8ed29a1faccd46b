import Configuration
import Testing

@Suite struct SpellingTests {
  private let keys = ["epochs", "batchSize", "seed", "learningRate", "conv2d", "conv1d"]

  @Test(arguments: [
    ("epoch", "epochs"), ("epcohs", "epochs"), ("batch_size", "batchSize"), ("BatchSize", "batchSize"),
    ("learning-rate", "learningRate"), ("leraningRat", "learningRate"), ("conv", "conv2d"), ("conv2", "conv2d"),
    ("sed", "seed"),
  ])
  func findsTheNearestWord(_ word: String, _ expected: String) {
    #expect(closest(to: word, among: keys) == expected)
  }

  @Test(arguments: ["gpu", "x", "", "_", "momentum", "初期値", String(repeating: "e", count: 100_000)])
  func isSilentWhenNothingIsNear(_ word: String) {
    #expect(closest(to: word, among: keys) == nil)
  }
}
