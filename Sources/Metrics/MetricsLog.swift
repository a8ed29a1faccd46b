public import DurableFiles
import Foundation

/// metrics.jsonl: one row a line, appended as training goes.
///
/// Rows reach the disk at `synchronize`, which belongs before a checkpoint is published: the rows up to a checkpoint
/// are then never lost, and those after it are removed when training resumes there.
public final class MetricsLog: Sendable {
  public let path: String
  private let file: FileHandle

  /// Opens the log, or begins one; drops a last line that a crash has torn.
  ///
  /// - Parameter step: where training resumes: the rows of later steps, and lines that are no rows, are removed.
  public init(_ path: String, resumingAfter step: Int? = nil) throws(MetricsError) {
    self.path = path
    try Self.trim(path, after: step)
    guard let file = FileHandle(forUpdatingAtPath: path) else {
      throw .unwritable(path: path, reason: "it cannot be opened")
    }
    self.file = file
    try writing { _ = try file.seekToEnd() }
  }

  public func append(_ row: MetricRow) throws(MetricsError) {
    try writing { try file.write(contentsOf: Data((row.json + "\n").utf8)) }
  }

  /// Waits until every row is on the disk.
  public func synchronize() throws(MetricsError) {
    try writing { try file.synchronize() }
  }

  /// The rows of a log, and how many of its lines are none.
  public struct Content: Sendable, Equatable {
    public let rows: [MetricRow]
    /// Damaged lines, or rows of a kind that this version does not know.
    public let unreadable: Int
  }

  /// What the log at `path` holds. A torn last line is not counted: it may be in the writing.
  public static func read(_ path: String) throws(MetricsError) -> Content {
    let decoder = JSONDecoder()
    let lines = lines(try read(bytesOf: path))
    let rows = lines.compactMap { try? decoder.decode(MetricRow.self, from: Data($0)) }
    return Content(rows: rows, unreadable: lines.count - rows.count)
  }
}

extension MetricsLog {
  private static let sizeLimit = 1 << 30

  private static func read(bytesOf path: String) throws(MetricsError) -> [UInt8] {
    do {
      return try readFile(path, limit: sizeLimit)
    } catch {
      throw .file(error)
    }
  }

  /// The whole lines, without their newlines.
  private static func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    let newline = UInt8(ascii: "\n")
    let end = bytes.lastIndex(of: newline) ?? bytes.startIndex
    return bytes[..<end].split(separator: newline)
  }

  /// Puts a file with only the whole lines, up to `step`, in the place of the one that holds more.
  private static func trim(_ path: String, after step: Int?) throws(MetricsError) {
    do {
      let old = try facts(at: path) == nil ? nil : try readFile(path, limit: sizeLimit)
      let kept = lines(old ?? []).filter { line in step.map { place(of: line) <= $0 } ?? true }
      let new = kept.flatMap { $0 + [UInt8(ascii: "\n")] }
      if new != old { try publish(new, to: path) }
    } catch {
      throw .file(error)
    }
  }

  /// The row's step; after every other one if the line is no row.
  private static func place(of line: ArraySlice<UInt8>) -> Int {
    struct Place: Decodable { let step: Int }
    return (try? JSONDecoder().decode(Place.self, from: Data(line)))?.step ?? .max
  }

  private func writing(_ work: () throws -> Void) throws(MetricsError) {
    do {
      try work()
    } catch {
      throw .unwritable(path: path, reason: error.localizedDescription)
    }
  }
}

/// Why metrics cannot be written or read.
public enum MetricsError: Error, Equatable, CustomStringConvertible {
  case file(FileError)
  case unwritable(path: String, reason: String)
  /// The file is not what this version of Kiln writes there.
  case malformed(path: String, reason: String)

  public var description: String {
    switch self {
    case .file(let error): error.description
    case .unwritable(let path, let reason): "\(path): cannot write: \(reason)"
    case .malformed(let path, let reason): "\(path): cannot be read: \(reason)"
    }
  }
}
