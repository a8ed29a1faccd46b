public import RunFiles

/// A row of metrics.jsonl that a replay gives otherwise.
public struct RowDifference: Sendable, Equatable {
  /// As the log has it; nil if it has none.
  public let kept: MetricRow?
  /// Without its times.
  public let replayed: MetricRow

  public var step: Int { replayed.step }
}

/// The rows of metrics.jsonl by what they are about, to be compared with those of a replay.
struct KeptRows {
  private enum Key: Hashable { case step(Int), epoch(Int), test(step: Int) }

  private let rows: [Key: MetricRow]

  init(_ rows: [MetricRow]) {
    self.rows = Dictionary(rows.map { (Self.key($0), $0) }, uniquingKeysWith: { first, _ in first })
  }

  private static func key(_ row: MetricRow) -> Key {
    switch row {
    case .step(let row): .step(row.step)
    case .epoch(let row): .epoch(row.epoch)
    case .test(let row): .test(step: row.step)
    }
  }

  /// Those of the replay's rows that the log has otherwise, in the replay's order.
  func differences(_ replayed: [MetricRow]) -> [RowDifference] {
    replayed.compactMap { row in
      let kept = rows[Self.key(row)]
      guard let kept, kept.withoutClock.json == row.withoutClock.saying(whatIsIn: kept).json else {
        return RowDifference(kept: kept, replayed: row.withoutClock)
      }
      return nil
    }
  }
}

extension MetricRow {
  /// Without the figures that an earlier Kiln did not write down.
  fileprivate func saying(whatIsIn kept: MetricRow) -> MetricRow {
    guard case .epoch(var row) = self, case .epoch(let own) = kept else { return self }
    if own.validationFigures == nil { row.validationFigures = nil }
    if own.trainAccuracy == nil { row.trainAccuracy = nil }
    return .epoch(row)
  }
}
