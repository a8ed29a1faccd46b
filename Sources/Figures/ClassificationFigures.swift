/// How well a network tells classes apart, on images whose classes are known. Images count alike, whatever they weigh in the
/// loss. The definitions are scikit-learn's.
public struct ClassificationFigures: Sendable, Equatable {
  /// Those that are defined: there is no area under a curve without images of each class.
  public private(set) var values: [Figure: Double]
  /// confusion[a][b]: images of class a that were taken for class b.
  public let confusion: [[Int]]

  public init(values: [Figure: Double], confusion: [[Int]]) {
    self.values = values
    self.confusion = confusion
  }

  public subscript(_ figure: Figure) -> Double? { values[figure] }

  /// Images of each class.
  public var counts: [Int] { confusion.map { $0.reduce(0, +) } }

  /// - Parameters:
  ///   - loss: the mean over the images.
  ///   - probabilities: of each image, one value a class and at least two.
  ///   - labels: each image's class.
  ///   - decisions: the class that each image is taken for; nil for that of the greatest probability, of equals the first.
  ///     The calibration error is of the latter in any case: it judges the probabilities.
  public init(loss: Double, probabilities: [[Double]], labels: [Int], decisions: [Int]? = nil) {
    let classes = probabilities.first?.count ?? 2
    var confusion = [[Int]](repeating: [Int](repeating: 0, count: classes), count: classes)
    var calibration = Calibration()
    for (index, (shares, label)) in zip(probabilities, labels).enumerated() {
      let likeliest = Self.likeliest(shares)
      confusion[label][decisions?[index] ?? likeliest] += 1
      calibration.add(confidence: shares[likeliest], isRight: likeliest == label)
    }
    self.init(confusion: confusion)
    values[.loss] = loss
    rank(Self.rankings(probabilities, labels).map { $0.levels() })
    values[.calibrationError] = calibration.error
  }

  /// The class of the greatest probability, of equals the first.
  public static func likeliest(_ shares: [Double]) -> Int {
    shares.indices.reduce(0) { shares[$1] > shares[$0] ? $1 : $0 }
  }

  /// What follows from the confusion.
  init(confusion: [[Int]]) {
    self.init(values: [:], confusion: confusion)
    addShares()
  }

  /// Of class 1 where there are two, else of each against the rest.
  static func rankings(_ probabilities: [[Double]], _ labels: [Int]) -> [Ranking] {
    let classes = probabilities.first?.count ?? 2
    return (classes == 2 ? [1] : Array(0..<classes)).map { label in
      Ranking(scores: probabilities.map { $0[label] }, isPositive: labels.map { $0 == label })
    }
  }

  /// What follows from the rankings.
  mutating func rank(_ levels: [[Ranking.Level]]) {
    values[.rocAuc] = mean(of: levels.map(\.rocAuc))
    values[.prAuc] = mean(of: levels.map(\.averagePrecision))
  }

  /// What follows from the confusion alone. A share of nothing is 0; means are over the classes that occur, or were
  /// answered.
  private mutating func addShares() {
    let classes = confusion.indices
    let images = counts.reduce(0, +)
    guard images > 0 else { return }
    let answers = classes.map { label in confusion.reduce(0) { $0 + $1[label] } }
    func share(_ part: Int, of whole: Int) -> Double { whole > 0 ? Double(part) / Double(whole) : 0 }
    let precisions = classes.map { share(confusion[$0][$0], of: answers[$0]) }
    let recalls = classes.map { share(confusion[$0][$0], of: counts[$0]) }
    let f1s = classes.map { share(2 * confusion[$0][$0], of: answers[$0] + counts[$0]) }
    let occurring = classes.filter { counts[$0] + answers[$0] > 0 }
    func macro(_ shares: [Double]) -> Double? { mean(of: occurring.map { shares[$0] }) }
    values[.accuracy] = share(classes.reduce(0) { $0 + confusion[$1][$1] }, of: images)
    values[.balancedAccuracy] = mean(of: classes.filter { counts[$0] > 0 }.map { recalls[$0] })
    (values[.macroPrecision], values[.macroRecall], values[.macroF1]) = (macro(precisions), macro(recalls), macro(f1s))
    let isBinary = confusion.count == 2
    values[.precision] = isBinary ? precisions[1] : values[.macroPrecision]
    values[.recall] = isBinary ? recalls[1] : values[.macroRecall]
    values[.f1] = isBinary ? f1s[1] : values[.macroF1]
  }
}

/// Nil if one of the numbers is, or there is none.
private func mean(of numbers: [Double?]) -> Double? {
  let known = numbers.compactMap { $0 }
  return known.isEmpty || known.count < numbers.count ? nil : known.reduce(0, +) / Double(known.count)
}
