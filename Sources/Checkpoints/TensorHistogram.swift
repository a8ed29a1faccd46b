/// How many finite values of a tensor lie in each of some intervals of the same width, from its minimum to its maximum. Each
/// interval has its lower end, the last one both. The counts are those of NumPy's `histogram`.
public struct TensorHistogram: Sendable, Equatable {
  public let minimum: Double
  public let maximum: Double
  public private(set) var counts: [Int]
  private let edges: [Double]

  /// Of a tensor whose statistics are known; nil if it has no finite value, or values too far apart for their distance to
  /// be a number.
  public init?(_ statistics: TensorStatistics, bins: Int) {
    guard let minimum = statistics.minimum, let maximum = statistics.maximum, (maximum - minimum).isFinite, bins > 0
    else { return nil }
    self.minimum = minimum
    self.maximum = maximum
    counts = [Int](repeating: 0, count: maximum > minimum ? bins : 1)
    let step = (maximum - minimum) / Double(counts.count)
    edges = counts.indices.map { minimum + Double($0) * step } + [maximum]
  }

  public mutating func add(_ values: [Double]) {
    guard counts.count > 1 else {
      counts[0] += values.count { $0.isFinite }
      return
    }
    for value in values where value.isFinite { counts[bin(of: value)] += 1 }
  }

  /// Division may lead beside the interval, as numpy/lib/_histograms_impl.py says too; the edges decide.
  private func bin(of value: Double) -> Int {
    let share = (value - minimum) / (maximum - minimum)
    var bin = min(Int(share * Double(counts.count)), counts.count - 1)
    if value < edges[bin], bin > 0 { bin -= 1 }
    if bin < counts.count - 1, value >= edges[bin + 1] { bin += 1 }
    return bin
  }

  /// The counts of fewer, wider intervals, each of as many of these; `count` divides their number, else nothing changes.
  public func merged(to count: Int) -> [Int] {
    guard count > 0, counts.count.isMultiple(of: count) else { return counts }
    let width = counts.count / count
    return (0..<count).map { counts[$0 * width..<($0 + 1) * width].reduce(0, +) }
  }
}
