/// Images by falling score, those of equal score together: what the curves of receiver operating characteristic and of
/// precision against recall are drawn from.
struct Ranking {
  struct Level: Equatable {
    var positives = 0
    var negatives = 0
  }

  /// The scores that occur, from the highest to the lowest; none if one is NaN.
  let thresholds: [Double]
  /// Of each image, which of the thresholds its score is.
  private let places: [Int]
  private let isPositive: [Bool]

  init(scores: [Double], isPositive: [Bool]) {
    var thresholds: [Double] = []
    var places = [Int](repeating: 0, count: scores.count)
    for index in scores.contains(where: \.isNaN) ? [] : scores.indices.sorted(by: { scores[$0] > scores[$1] }) {
      if scores[index] != thresholds.last { thresholds.append(scores[index]) }
      places[index] = thresholds.count - 1
    }
    self.thresholds = thresholds
    self.places = thresholds.isEmpty ? [] : places
    self.isPositive = isPositive
  }

  /// The images of each score.
  /// - Parameter times: how often each image counts; nil for once.
  func levels(times: [Int]? = nil) -> [Level] {
    var levels = [Level](repeating: Level(), count: thresholds.count)
    for (index, place) in places.enumerated() {
      if isPositive[index] {
        levels[place].positives += times?[index] ?? 1
      } else {
        levels[place].negatives += times?[index] ?? 1
      }
    }
    return levels
  }
}

extension [Ranking.Level] {
  /// The share of pairs of a positive and a negative image whose positive one has the higher score, equal ones counting half
  /// (`sklearn.metrics.roc_auc_score`); nil without such a pair.
  var rocAuc: Double? {
    let (positives, negatives) = reduce((0, 0)) { ($0.0 + $1.positives, $0.1 + $1.negatives) }
    guard positives > 0, negatives > 0 else { return nil }
    var below = negatives
    var halves = 0
    for level in self {
      below -= level.negatives
      halves += level.positives * (2 * below + level.negatives)
    }
    return Double(halves) / (2 * Double(positives) * Double(negatives))
  }

  /// The sum over the levels of precision times the recall gained there (`sklearn.metrics.average_precision_score`); nil
  /// without positives.
  var averagePrecision: Double? {
    let positives = reduce(0) { $0 + $1.positives }
    guard positives > 0 else { return nil }
    var (found, seen) = (0, 0)
    return reduce(0) { sum, level in
      guard level.positives > 0 || level.negatives > 0 else { return sum }
      found += level.positives
      seen += level.positives + level.negatives
      return sum + Double(level.positives) / Double(positives) * Double(found) / Double(seen)
    }
  }
}
