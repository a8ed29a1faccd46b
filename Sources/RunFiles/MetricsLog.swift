public import DurableFiles
import Foundation

/// metrics.jsonl: one row a line, appended as training goes.
///
/// Rows reach the disk at `synchronize`, which belongs before a checkpoint is published: the rows up to a checkpoint
/// are then never lost, and those after it are removed when training resumes there. However long the log is, no more than
/// a line of it is in memory.
public final class MetricsLog: Sendable {
  public var path: String { file.path }
  private let file: GrowingFile
  /// Of the last row that was there when the log was opened: seconds since training began.
  public let seconds: Double

  /// Opens the log, or begins one; drops a last line that a crash has torn.
  ///
  /// - Parameter place: where training resumes: the rows beyond it, and lines that are no rows, are removed.
  public init(_ path: String, resumingAfter place: ResumePoint? = nil) throws(MetricsError) {
    do {
      let kept = try Kept(path, upTo: place)
      if kept.hasGaps, let place { try keepLines(of: path) { RowPlace($0.bytes)?.isUp(to: place) ?? false } }
      file = try GrowingFile(path)
      if !kept.hasGaps { try file.truncate(to: kept.end) }
      seconds = kept.seconds
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
    var rows: [MetricRow] = []
    let unreadable = try Rows(path).forEach { rows.append($0) }
    return Content(rows: rows, unreadable: unreadable)
  }

  /// The rows of a log, to be gone through one by one.
  public struct Rows: Sendable {
    private let path: String

    public init(_ path: String) {
      self.path = path
    }

    /// - Returns: how many lines are no rows.
    @discardableResult
    public func forEach(_ body: (MetricRow) -> Void) throws(MetricsError) -> Int {
      let decoder = JSONDecoder()
      var unreadable = 0
      do {
        var lines = try LineReader(path)
        while let line = try lines.next() {
          // Empty lines are what a crash of an earlier version may have left.
          guard !line.bytes.isEmpty else { continue }
          if let row = try? decoder.decode(MetricRow.self, from: Data(line.bytes)) {
            body(row)
          } else {
            unreadable += 1
          }
        }
      } catch { throw .file(error) }
      return unreadable
    }
  }
}

/// What of a log stays when training resumes.
private struct Kept {
  /// Where the last line ends that stays.
  private(set) var end = 0
  /// A line goes that stands before one that stays.
  private(set) var hasGaps = false
  private(set) var seconds = 0.0

  /// - Parameter place: nil to keep every whole line.
  init(_ path: String, upTo place: ResumePoint?) throws(FileError) {
    guard try facts(at: path) != nil else { return }
    var lines = try LineReader(path)
    while let line = try lines.next() {
      let row = RowPlace(line.bytes)
      guard place.map({ row?.isUp(to: $0) ?? false }) ?? true else { continue }
      if line.place.lowerBound > end { hasGaps = true }
      end = line.place.upperBound
      seconds = row?.seconds ?? seconds
    }
  }
}

/// Where a row belongs. A row of a kind that this version does not know is still a row of its step.
private struct RowPlace: Decodable {
  let kind: String
  let step: Int
  let epoch: Int?
  let seconds: Double?

  /// Nil for a line that is no row.
  init?(_ line: ArraySlice<UInt8>) {
    guard let place = try? JSONDecoder().decode(Self.self, from: Data(line)) else { return nil }
    self = place
  }

  /// Whether the row was written before training came to `place`.
  func isUp(to place: ResumePoint) -> Bool {
    switch kind {
    case "epoch": place.isBehind(epoch: epoch ?? 0)
    case "test": place.isBehind(testAt: step)
    default: place.isBehind(step: step)
    }
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

  func isBehind(step: Int) -> Bool { step <= self.step }
  func isBehind(epoch: Int) -> Bool { epoch <= epochs }
  /// A test before the last step is that of an earlier end, beyond which the run was extended.
  func isBehind(testAt step: Int) -> Bool { step < self.step || (step == self.step && isTested) }
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
