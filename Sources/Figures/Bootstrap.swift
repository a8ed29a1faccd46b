/// Intervals of figures that are no shares, from the figures of many samples that might have been: as many images of each
/// class as there are, drawn from them with replacement.
///
/// The interval goes from the quantile of 0.025 to that of 0.975 of 2,000 such figures (the percentile method: Efron,
/// Tibshirani, "An introduction to the bootstrap", 1993, section 13.3). Drawing within the classes keeps every sample
/// one that has a figure; so does pROC by default (Robin and others, BMC Bioinformatics 12:77, 2011).
public struct Bootstrap: Sendable {
  public static let samples = 2000
  /// Above so many steps no interval is computed: some seconds.
  private static let mostWork = 4_000_000_000

  private let decisions: [Int]
  private let labels: [Int]
  private let losses: [Double]
  private let classes: Int
  private let rankings: [Ranking]
  /// The images of each class that has any.
  private let strata: [[Int]]

  /// - Parameters:
  ///   - probabilities: of each image, one value a class.
  ///   - decisions: the class that each image is taken for.
  ///   - losses: of each image.
  /// - Returns: nil if there are no images, or so many that it would take too long.
  public init?(probabilities: [[Double]], decisions: [Int], labels: [Int], losses: [Double]) {
    classes = probabilities.first?.count ?? 0
    let work = (classes * probabilities.count + classes * classes).multipliedReportingOverflow(by: Self.samples)
    guard !probabilities.isEmpty, !work.overflow, work.partialValue <= Self.mostWork else { return nil }
    self.decisions = decisions
    self.labels = labels
    self.losses = losses
    rankings = ClassificationFigures.rankings(probabilities, labels)
    strata = (0..<classes).map { label in labels.indices.filter { labels[$0] == label } }.filter { !$0.isEmpty }
  }

  /// The intervals of all figures but the calibration error (which every sample with images more than once has too high).
  /// A figure that is the same in every sample has none: an interval without a width would claim too much.
  ///
  /// - Parameter word: 64 random bits by their position, a pure function: position `sample * images + place`, where the
  ///   places count through the classes' images one class after another, says which image of its class is drawn, as the
  ///   high word of its product with their number.
  public func intervals(drawing word: (UInt64) -> UInt64) -> [Figure: Interval] {
    var values: [Figure: [Double]] = [:]
    for sample in 0..<Self.samples {
      for (figure, value) in figures(times(sample, word)) { values[figure, default: []].append(value) }
    }
    return values.compactMapValues { values in
      guard values.count == Self.samples, !values.contains(where: { !$0.isFinite }) else { return nil }
      let sorted = values.sorted()
      let (lower, upper) = (Self.quantile(0.025, of: sorted), Self.quantile(0.975, of: sorted))
      return lower < upper ? Interval(lower: lower, upper: upper) : nil
    }
  }

  /// How often each image is in a sample.
  private func times(_ sample: Int, _ word: (UInt64) -> UInt64) -> [Int] {
    var times = [Int](repeating: 0, count: labels.count)
    var position = UInt64(sample * labels.count)
    for members in strata {
      for _ in members {
        times[members[Int(word(position).multipliedFullWidth(by: UInt64(members.count)).high)]] += 1
        position += 1
      }
    }
    return times
  }

  private func figures(_ times: [Int]) -> [Figure: Double] {
    var confusion = [[Int]](repeating: [Int](repeating: 0, count: classes), count: classes)
    var loss = 0.0
    for (index, count) in times.enumerated() {
      confusion[labels[index]][decisions[index]] += count
      loss += Double(count) * losses[index]
    }
    var figures = ClassificationFigures(confusion: confusion)
    figures.rank(rankings.map { $0.levels(times: times) })
    return figures.values.merging([.loss: loss / Double(labels.count)]) { $1 }
  }

  /// Between the two nearest values in proportion (`numpy.quantile`).
  private static func quantile(_ share: Double, of sorted: [Double]) -> Double {
    let place = share * Double(sorted.count - 1)
    let index = min(Int(place), sorted.count - 2)
    return sorted[index] + (sorted[index + 1] - sorted[index]) * (place - Double(index))
  }
}
