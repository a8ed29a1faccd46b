public import DurableFiles

/// What `kiln validate --json` says of one job file, in one line.
public struct Verdict: Codable, Sendable, Equatable {
  /// As it was named on the command line.
  public var path: String
  public var valid: Bool
  /// Of the job; only if it is valid.
  public var name: String?
  public var priority: Int?
  /// Where the trouble is, and what: only if the file is not valid. Lines and columns begin at 1.
  public var file: String?
  public var line: Int?
  public var column: Int?
  public var message: String?
  /// The whole text for people, with line, column and caret.
  public var report: String?
  /// The `Digest` of the bytes that were judged; nil if they could not be read.
  public var checksum: String?

  public init(path: String, valid: Bool) {
    self.path = path
    self.valid = valid
  }

  /// The verdicts in what `kiln validate --json` printed, by path; other lines are passed over.
  public static func list(in output: [UInt8]) -> [ByteText: Verdict] {
    var verdicts: [ByteText: Verdict] = [:]
    for line in output.split(separator: UInt8(ascii: "\n")) {
      guard let verdict = WireJSON.read(line, as: Verdict.self) else { continue }
      verdicts[ByteText(verdict.path)] = verdict
    }
    return verdicts
  }
}
