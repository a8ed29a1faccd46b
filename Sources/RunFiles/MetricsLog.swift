public import DurableFiles
import Foundation

/// metrics.jsonl: one row a line, appended as training goes.
///
/// Rows reach the disk at `synchronize`, which belongs before a checkpoint is published: the rows up to a checkpoint
/// are then never lost, and those after it are removed when training resumes there.
public final class MetricsLog: Sendable {
  public var path: String { file.path }
  private let file: GrowingFile

  /// Opens the log, or begins one; drops a last line that a crash has torn.
  ///
  /// - Parameter place: where training resumes: the rows beyond it, and lines that are no rows, are removed.
  public init(_ path: String, resumingAfter place: ResumePoint? = nil) throws(MetricsError) {
    do {
      try Self.trim(path, after: place)
      file = try GrowingFile(path)
    } catch {
      throw .file(error)
    }
  }

  public func append(_ row: MetricRow) throws(MetricsError) {
    do { try file.append(Array((row.json + "\n").utf8)) } catch { throw .file(error) }
  }

  /// Waits until every row is on the disk.
  public func synchronize() throws(MetricsError) {
    do { try file.synchronize() } catch { throw .file(error) }
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

  /// Puts a file with only the whole lines, up to `place`, in the place of the one that holds more.
  private static func trim(_ path: String, after place: ResumePoint?) throws(FileError) {
    let old = try facts(at: path) == nil ? nil : try readFile(path, limit: sizeLimit)
    let kept = lines(old ?? []).filter { line in place.map { $0.holds(line) } ?? true }
    let new = kept.flatMap { $0 + [UInt8(ascii: "\n")] }
    if new != old { try publish(new, to: path) }
  }
}

/// How far training had come when it was saved.
public struct ResumePoint: Sendable, Equatable {
  public let step: Int
  /// Epochs that are trained, validated and reported. The last of them may have ended at `step`, or another may have
  /// whose validation is not over.
  public let epochs: Int
  /// The trained network has been tested.
  public let isTested: Bool

  public init(step: Int, epochs: Int, isTested: Bool = false) {
    self.step = step
    self.epochs = epochs
    self.isTested = isTested
  }

  public static let start = ResumePoint(step: 0, epochs: 0)

  /// Whether a line of metrics.jsonl was written before; a line that is no row was not. A row of a kind that this
  /// version does not know is still a row of its step.
  fileprivate func holds(_ line: ArraySlice<UInt8>) -> Bool {
    struct Place: Decodable {
      let kind: String
      let step: Int
      let epoch: Int?
    }
    guard let place = try? JSONDecoder().decode(Place.self, from: Data(line)) else { return false }
    switch place.kind {
    case "epoch": return place.epoch ?? 0 <= epochs
    case "test": return isTested
    default: return place.step <= step
    }
  }
}

/// Why metrics cannot be written or read.
public enum MetricsError: Error, Equatable, CustomStringConvertible {
  case file(FileError)
  /// The file is not what this version of Kiln writes there.
  case malformed(path: String, reason: String)

  public var description: String {
    switch self {
    case .file(let error): error.description
    case .malformed(let path, let reason): "\(path): cannot be read: \(reason)"
    }
  }
}
