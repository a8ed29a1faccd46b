public import DurableFiles
import Glibc
public import RunFiles

extension HistoryRow {
  /// The row for a job that has come into its state.
  public init(_ job: Job, reason: String, from old: StateFolder? = nil, dropped: String? = nil, now: Double) {
    self.init(
      now: now, state: job.state.folder, attempt: job.attempts, reason: reason, name: job.name, priority: job.priority,
      crashes: job.crashes, checkpoint: job.checkpoint)
    if job.waits > 0 { waits = job.waits }
    trouble = job.trouble?.rawValue
    if case .deferred(let moment) = job.state { until = moment }
    if case .running(_, let order) = job.state { self.order = order?.rawValue }
    self.dropped = dropped
    from = old?.rawValue
  }

  /// The row as JSON on one line.
  ///
  /// - Throws: `FileError.system` with EINVAL if the row cannot be written as JSON, such as one with a time that is not
  ///   finite.
  func line(for path: String) throws(FileError) -> String {
    guard let line = WireJSON.line(self) else { throw .system(operation: "write a row of", path: path, code: EINVAL) }
    return line
  }
}

/// A run's history as it lies on disk.
public struct History: Sendable {
  public let path: String

  /// In bytes: longer than any history can become, because a row is below 4 KiB, and attempts are minutes apart.
  private static let limit = 64 << 20

  public func append(_ row: HistoryRow) throws(FileError) {
    try appendLine(row.line(for: path), to: path)
  }

  /// Every row that can be read; a line torn by a crash is left out. Empty if there is no history.
  public func rows() throws(FileError) -> [HistoryRow] {
    try bytes().split(separator: UInt8(ascii: "\n")).compactMap(Self.row)
  }

  /// The newest row that can be read.
  public func last() throws(FileError) -> HistoryRow? { try end().row }

  /// The newest row that can be read, and how many whole lines after it cannot be read. A line without its end was torn
  /// by a crash and does not count: the job's folder tells its state. A whole line that cannot be read is damage.
  func end() throws(FileError) -> (row: HistoryRow?, damaged: Int) {
    var rest = try bytes()[...]
    var damaged = 0
    while let last = rest.last {
      let start = rest.dropLast().lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? rest.startIndex
      if let row = Self.row(rest[start...]) { return (row, damaged) }
      if last == UInt8(ascii: "\n") { damaged += 1 }
      rest = rest[..<start]
    }
    return (nil, damaged)
  }

  private func bytes() throws(FileError) -> [UInt8] {
    do {
      return try readFile(path, limit: Self.limit)
    } catch {
      if error.code == ENOENT { return [] }
      throw error
    }
  }

  private static func row(_ line: ArraySlice<UInt8>) -> HistoryRow? { WireJSON.read(line) }
}
