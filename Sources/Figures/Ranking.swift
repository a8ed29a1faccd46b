/// Images by falling score, those of equal score together: what the curves of receiver operating characteristic and of
/// precision against recall are drawn from.
struct Ranking {
  private struct Level {
    var positives = 0
    var negatives = 0
  }

  /// From the highest score to the lowest; none if a score is NaN.
  private let levels: [Level]
  private let positives: Int
  private let negatives: Int

  init(scores: [Double], isPositive: [Bool]) {
    var levels: [Level] = []
    var last: Double?
    for index in scores.contains(where: \.isNaN) ? [] : scores.indices.sorted(by: { scores[$0] > scores[$1] }) {
      if scores[index] != last { levels.append(Level()) }
      last = scores[index]
      if isPositive[index] {
        levels[levels.count - 1].positives += 1
      } else {
        levels[levels.count - 1].negatives += 1
      }
    }
    self.levels = levels
    positives = levels.reduce(0) { $0 + $1.positives }
    negatives = levels.reduce(0) { $0 + $1.negatives }
  }

  /// The share of pairs of a positive and a negative image whose positive one has the higher score, equal ones counting half
  /// (`sklearn.metrics.roc_auc_score`); nil without such a pair.
  var rocAuc: Double? {
    guard positives > 0, negatives > 0 else { return nil }
    var below = negatives
    var halves = 0
    for level in levels {
      below -= level.negatives
      halves += level.positives * (2 * below + level.negatives)
    }
    return Double(halves) / (2 * Double(positives) * Double(negatives))
  }

  /// The sum over the levels of precision times the recall gained there (`sklearn.metrics.average_precision_score`); nil
  /// without positives.
  var averagePrecision: Double? {
    guard positives > 0 else { return nil }
    var (found, seen) = (0, 0)
    return levels.reduce(0) { sum, level in
      found += level.positives
      seen += level.positives + level.negatives
      return sum + Double(level.positives) / Double(positives) * Double(found) / Double(seen)
    }
  }
}
