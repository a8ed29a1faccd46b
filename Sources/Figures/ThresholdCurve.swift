/// What every threshold does with the images of two classes. An image is taken for class 1 if its score, the probability
/// of class 1, is the threshold or more (`sklearn.metrics.precision_recall_curve` and `roc_curve` say so too).
public struct ThresholdCurve: Sendable {
  public struct Point: Sendable, Equatable {
    public let threshold: Double
    public let counts: BinaryCounts
  }

  /// At each score that occurs, from the highest to the lowest: every other threshold does what one of them does, or takes
  /// no image for class 1.
  public let points: [Point]
  private let positives: Int
  private let negatives: Int

  /// Nil if a score is NaN, or there is none.
  public init?(scores: [Double], isPositive: [Bool]) {
    let ranking = Ranking(scores: scores, isPositive: isPositive)
    guard !ranking.thresholds.isEmpty else { return nil }
    let levels = ranking.levels()
    (positives, negatives) = levels.reduce((0, 0)) { ($0.0 + $1.positives, $0.1 + $1.negatives) }
    var (found, alarms) = (0, 0)
    var points: [Point] = []
    for (threshold, level) in zip(ranking.thresholds, levels) {
      found += level.positives
      alarms += level.negatives
      points.append(
        Point(
          threshold: threshold,
          counts: BinaryCounts(
            truePositives: found, falsePositives: alarms, falseNegatives: positives - found,
            trueNegatives: negatives - alarms)))
    }
    self.points = points
  }

  /// The thresholds of a table: 0.05, 0.10, … 0.95.
  public static let steps = (1...19).map { Double($0) / 20 }

  /// What a threshold does.
  public func point(at threshold: Double) -> Point {
    // The last score that is still the threshold or more: they fall.
    var (low, high) = (0, points.count)
    while low < high {
      let middle = (low + high) / 2
      if points[middle].threshold >= threshold { low = middle + 1 } else { high = middle }
    }
    let none = BinaryCounts(truePositives: 0, falsePositives: 0, falseNegatives: positives, trueNegatives: negatives)
    return Point(threshold: threshold, counts: low > 0 ? points[low - 1].counts : none)
  }

  /// What somebody wants of a threshold.
  public enum Aim: Sendable, Equatable {
    /// At least this recall, and then the best precision.
    case recall(Double)
    /// At least this precision, and then the best recall.
    case precision(Double)
    /// The best F1.
    case f1
  }

  /// The score that serves an aim best, as a threshold. Of equal ones it is that of the better recall, or for a wanted
  /// precision that of the better precision.
  /// - Returns: nil if no threshold does what is wanted, or there are not images of both classes to tell.
  public func best(for aim: Aim) -> Point? {
    guard positives > 0, negatives > 0 else { return nil }
    var best: (point: Point, worth: (Double, Double))?
    for point in points {
      guard let worth = Self.worth(of: point.counts, for: aim) else { continue }
      if best.map({ worth > $0.worth }) ?? true { best = (point, worth) }
    }
    return best?.point
  }

  /// How good a threshold is, and among equally good ones; nil if it is not what is wanted.
  private static func worth(of counts: BinaryCounts, for aim: Aim) -> (Double, Double)? {
    guard let precision = counts.precision, let recall = counts.recall, let f1 = counts.f1 else { return nil }
    switch aim {
    case .recall(let wanted): return recall >= wanted ? (precision, recall) : nil
    case .precision(let wanted): return precision >= wanted ? (recall, precision) : nil
    case .f1: return (f1, recall)
    }
  }
}
