/// The figures of a tensor that tell a healthy one from a broken one; minimum, maximum, mean and (population)
/// standard deviation are over its finite values, in double precision, nil if there are none.
public struct TensorSummary: Sendable, Equatable {
  public let count: Int
  public let nonFinite: Int
  public let minimum: Float?
  public let maximum: Float?
  public let mean: Double?
  public let standardDeviation: Double?

  public init(_ values: [Float]) {
    let finite = values.filter(\.isFinite)
    count = values.count
    nonFinite = values.count - finite.count
    minimum = finite.min()
    maximum = finite.max()
    guard !finite.isEmpty else {
      (mean, standardDeviation) = (nil, nil)
      return
    }
    // Two passes: the textbook's one-pass form cancels when the mean is large.
    let mean = finite.reduce(0.0) { $0 + Double($1) } / Double(finite.count)
    let squares = finite.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    self.mean = mean
    standardDeviation = (squares / Double(finite.count)).squareRoot()
  }
}
