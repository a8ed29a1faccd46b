/// What becomes of the images of two classes when those of a score from some threshold on are taken for class 1.
public struct BinaryCounts: Sendable, Equatable {
  /// Images of class 1 that are taken for class 1.
  public let truePositives: Int
  /// Images of class 0 that are taken for class 1.
  public let falsePositives: Int
  /// Images of class 1 that are taken for class 0.
  public let falseNegatives: Int
  /// Images of class 0 that are taken for class 0.
  public let trueNegatives: Int

  public init(truePositives: Int, falsePositives: Int, falseNegatives: Int, trueNegatives: Int) {
    self.truePositives = truePositives
    self.falsePositives = falsePositives
    self.falseNegatives = falseNegatives
    self.trueNegatives = trueNegatives
  }

  /// - Parameter confusion: of two classes; confusion[a][b] are images of class a that were taken for class b.
  public init?(confusion: [[Int]]) {
    guard confusion.count == 2, confusion.allSatisfy({ $0.count == 2 }) else { return nil }
    self.init(
      truePositives: confusion[1][1], falsePositives: confusion[0][1], falseNegatives: confusion[1][0],
      trueNegatives: confusion[0][0])
  }

  public var positives: Int { truePositives + falseNegatives }
  public var negatives: Int { falsePositives + trueNegatives }
  /// Images that are taken for class 1.
  public var answers: Int { truePositives + falsePositives }

  /// The share of class 1 among what is taken for it; nil if nothing is.
  public var precision: Double? { share(truePositives, of: answers) }
  /// The share of class 1 that is taken for it; nil without such images.
  public var recall: Double? { share(truePositives, of: positives) }
  /// The share of class 0 that is taken for it; nil without such images.
  public var specificity: Double? { share(trueNegatives, of: negatives) }
  /// The harmonic mean of precision and recall, 2 TP / (2 TP + FP + FN); nil if nothing is of class 1 or taken for it.
  public var f1: Double? { share(2 * truePositives, of: answers + positives) }

  private func share(_ part: Int, of whole: Int) -> Double? { whole > 0 ? Double(part) / Double(whole) : nil }
}
