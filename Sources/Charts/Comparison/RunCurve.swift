public import RunFiles

/// One figure of a run, epoch by epoch.
public struct RunCurve: Sendable, Equatable {
  public let name: String
  /// Epoch, from 1, and value; epochs without a finite value are left out.
  let points: [Point]

  public init(name: String, metric: ComparedMetric, rows: [MetricRow]) {
    self.name = name
    points = rows.compactMap { row in
      guard case .epoch(let epoch) = row, let value = metric.value(of: epoch), LossCurve.canShow(value) else {
        return nil
      }
      return Point(x: Double(epoch.epoch), y: value)
    }
  }

  /// Values at 1, 2, 3, …
  public init(name: String, values: [Double]) {
    self.name = name
    points = zip(1..., values).map { Point(x: Double($0), y: $1) }
  }

  public var isEmpty: Bool { points.isEmpty }
  public var last: Double? { points.last?.y }
}

/// What runs can be compared by.
public enum ComparedMetric: String, Sendable, CaseIterable {
  case validationLoss, validationAccuracy, validationF1, validationRocAuc, trainLoss, trainAccuracy

  public var title: String {
    switch self {
    case .validationLoss: "validation loss"
    case .validationAccuracy: "validation accuracy"
    case .validationF1: "validation F1"
    case .validationRocAuc: "validation ROC AUC"
    case .trainLoss: "training loss"
    case .trainAccuracy: "training accuracy"
    }
  }

  /// Whether more is better.
  public var rises: Bool { self != .validationLoss && self != .trainLoss }

  public func value(of epoch: EpochRow) -> Double? {
    switch self {
    case .validationLoss: epoch.validationLoss
    case .validationAccuracy: epoch.validationAccuracy
    case .validationF1: epoch.validationFigures?[.f1]
    case .validationRocAuc: epoch.validationFigures?[.rocAuc]
    case .trainLoss: epoch.trainLoss
    case .trainAccuracy: epoch.trainAccuracy
    }
  }

  /// The best of a run's values; nil if it has none.
  public func best(of rows: [MetricRow]) -> Double? {
    let values = rows.compactMap { row -> Double? in
      guard case .epoch(let epoch) = row, let value = value(of: epoch), value.isFinite else { return nil }
      return value
    }
    return rises ? values.max() : values.min()
  }
}
