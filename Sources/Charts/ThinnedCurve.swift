public import RunFiles

/// The rows of a run, however long it is, as far as a drawing can show them: at most some thousand.
public struct ThinnedCurve: Sendable {
  private var steps = ThinnedRows<StepRow>(limit: 4096) { $0.loss }
  private var epochs = ThinnedRows<EpochRow>(limit: 2048) { $0.validationLoss ?? $0.trainLoss }

  public init() {}

  public mutating func append(_ row: MetricRow) {
    switch row {
    case .step(let row): if LossCurve.canShow(row.loss) { steps.append(row) }
    case .epoch(let row): epochs.append(row)
    case .test: break
    }
  }

  /// Steps first, then epochs, each in their order.
  public var rows: [MetricRow] { steps.rows.map(MetricRow.step) + epochs.rows.map(MetricRow.epoch) }
}

/// Of every so many neighbours the row with the least and the one with the greatest value, and the last row of all; every
/// row as long as there are few.
struct ThinnedRows<Row: Sendable>: Sendable {
  private struct Entry {
    let number: Int
    let row: Row
    let value: Double
  }

  private let limit: Int
  private let value: @Sendable (Row) -> Double
  private var kept: [Entry] = []
  /// Of the neighbours that are not as many as `size` yet.
  private var extremes: [Entry] = []
  private var last: Entry?
  private var size = 1

  /// - Parameters:
  ///   - limit: of the rows that are kept; a multiple of four.
  ///   - value: what is least and greatest; no number counts as the greatest.
  init(limit: Int, value: @escaping @Sendable (Row) -> Double) {
    self.limit = limit
    self.value = value
  }

  mutating func append(_ row: Row) {
    let (number, value) = ((last?.number ?? 0) + 1, value(row))
    let entry = Entry(number: number, row: row, value: value.isNaN ? .infinity : value)
    last = entry
    extremes = Self.extremes(extremes + [entry])
    guard number % size == 0 else { return }
    kept += extremes
    extremes = []
    guard kept.count >= limit else { return }
    kept = stride(from: 0, to: kept.count, by: 4).flatMap { Self.extremes(kept[$0..<min($0 + 4, kept.count)]) }
    size = size == 1 ? 4 : 2 * size
  }

  var rows: [Row] {
    let shown = kept + extremes
    // The last row says how far the run has come.
    let rest = last.flatMap { last in shown.last?.number == last.number ? nil : last }
    return (shown + [rest].compactMap { $0 }).map(\.row)
  }

  /// The entries with the least and the greatest value, in their order; one if they are the same.
  private static func extremes(_ entries: some Collection<Entry>) -> [Entry] {
    guard let least = entries.min(by: { $0.value < $1.value }), let greatest = entries.max(by: { $0.value < $1.value })
    else { return [] }
    if least.number == greatest.number { return [least] }
    return least.number < greatest.number ? [least, greatest] : [greatest, least]
  }
}
