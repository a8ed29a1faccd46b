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
  /// The images as they are listed; nil if they were not, which says nothing about the job, and why not.
  public var data: Data?
  public var unlisted: String?
  /// What somebody may not have meant, in sentences.
  public var notes: [String]?
  public var estimate: Estimate?
  /// Images that cannot be used, if all were decoded.
  public var problems: [Problem]?
  /// The `Digest` of the bytes that were judged; nil if they could not be read.
  public var checksum: String?

  /// Images of each class, in the order of the classes.
  public struct Data: Codable, Sendable, Equatable {
    public var classes: [String]
    public var training: [Int]
    public var validation: [Int]
    public var test: [Int]

    public init(classes: [String], training: [Int], validation: [Int], test: [Int]) {
      self.classes = classes
      self.training = training
      self.validation = validation
      self.test = test
    }
  }

  /// What the run will take, about.
  public struct Estimate: Codable, Sendable, Equatable {
    public var seconds: Double?
    public var networkBytes: Int
    /// An upper bound.
    public var diskBytes: Int

    public init(seconds: Double?, networkBytes: Int, diskBytes: Int) {
      self.seconds = seconds
      self.networkBytes = networkBytes
      self.diskBytes = diskBytes
    }
  }

  /// Images that cannot be used for one reason.
  public struct Problem: Codable, Sendable, Equatable {
    public var kind: String
    public var images: Int
    /// Of the first of them.
    public var names: [String]

    public init(kind: String, images: Int, names: [String]) {
      self.kind = kind
      self.images = images
      self.names = names
    }
  }

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
