public import DurableFiles
import FoundationEssentials
import Glibc
public import RunFiles

/// One line of a run's `history.jsonl`: a state the job came into, when and why.
///
/// Each row repeats all that is known about the job, so that the last line alone is enough to go on.
public struct HistoryRow: Codable, Sendable, Equatable {
  /// ISO 8601, UTC.
  public var time: String
  public var state: String
  public var attempt: Int
  public var reason: String
  public var name: String
  public var priority: Int
  public var crashes: Int
  /// Attempts in a row that a full disk ended; absent for none.
  public var waits: Int?
  public var checkpoint: Int
  /// What ended the attempt, if that was not as it should be.
  public var trouble: String?
  /// When a deferred job becomes due, in seconds since 1970.
  public var until: Double?
  /// The state that a job was in which has come to its end; absent for all others. The row of an end is written before
  /// the manifest is moved: a manifest that still lies where the row says it came from is moved at the next start.
  public var from: String?
  /// What was ordered of a running job, if something was.
  public var order: String?
  /// The name in `incoming/` that the job was dropped under; only in the first row.
  public var dropped: String?

  public init(
    _ job: Job, reason: String, from old: StateFolder? = nil, dropped: String? = nil, now: Double
  ) {
    time = timestamp(now)
    state = job.state.folder.rawValue
    attempt = job.attempts
    self.reason = reason
    name = job.name
    priority = job.priority
    crashes = job.crashes
    if job.waits > 0 { waits = job.waits }
    checkpoint = job.checkpoint
    trouble = job.trouble?.rawValue
    if case .deferred(let moment) = job.state { until = moment }
    if case .running(_, let order) = job.state { self.order = order?.rawValue }
    self.dropped = dropped
    from = old?.rawValue
  }

  /// The row as JSON on one line.
  ///
  /// - Throws: `FileError.system` with EINVAL if it has no such form: a time that is not finite, for example.
  func line(for path: String) throws(FileError) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return String(decoding: try encoder.encode(self), as: UTF8.self)
    } catch {
      throw .system(operation: "write a row of", path: path, code: EINVAL)
    }
  }
}

/// A run's history as it lies on disk.
public struct History: Sendable {
  public let path: String

  /// Longer than any history can become: a row is below 4 KiB, and attempts are minutes apart.
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

  /// The newest row that can be read, and how many whole lines behind it are none. A line without its end was torn by a
  /// crash, and what it would have said has not happened; a whole one that cannot be read is damage.
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

  /// Nil for what is no row: that is what is asked.
  private static func row(_ line: ArraySlice<UInt8>) -> HistoryRow? {
    try? JSONDecoder().decode(HistoryRow.self, from: Data(line))
  }
}

/// Seconds since 1970 as `2026-03-01T12:00:00.250Z`.
public func timestamp(_ seconds: Double) -> String {
  Date(timeIntervalSince1970: seconds).formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
}
