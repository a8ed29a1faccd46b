public import Configuration

/// What a network begins with instead of random values: the value of `initialFrom`.
public enum InitialSource: Sendable, Equatable {
  /// A safetensors file, relative to the job.
  case file(String)
  /// A checkpoint of another run.
  case run(RunCheckpoint)

  /// `{run: solar-cells, checkpoint: best}`.
  public struct RunCheckpoint: Described, Equatable {
    public enum Mark: String, Sendable, CaseIterable { case best, latest }

    public static let keyword = "initialFrom"
    public static let summary = "A checkpoint of another run."

    /// The run's name or ID, or its folder.
    public let run: String
    public let mark: Mark

    public init(run: String, mark: Mark = .best) {
      self.run = run
      self.mark = mark
    }

    public init(reading fields: inout Fields) throws(ConfigurationError) {
      run = try fields.text("run", "A run's folder, or its name or ID among the runs; relative to the job.")
      mark = try fields.choice(
        "checkpoint", of: Mark.self, default: .best, "The one with the best validation, or the newest.")
    }

    public var settings: KeyValuePairs<String, JSON?> { ["run": .string(run), "checkpoint": .word(mark)] }
  }

  static let summary =
    "What to begin with: a safetensors file, a checkpoint's or PyTorch's with the same names and shapes, relative to the job; "
    + "or a checkpoint of another run, {run: NAME, checkpoint: best}."

  static var kind: ValueKind { .anyOf([.text, .section(declarations(of: RunCheckpoint.self))]) }

  init(_ node: Node) throws(ConfigurationError) {
    guard node.elements == nil else { throw node.mismatch("initialFrom", Self.kind) }
    self = node.scalar == nil ? .run(try node.read(RunCheckpoint.self)) : .file(try node.text("initialFrom"))
  }

  var json: JSON {
    switch self {
    case .file(let path): .string(path)
    case .run(let checkpoint): .object(checkpoint.essentials)
    }
  }
}
