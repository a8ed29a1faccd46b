public import Configuration

/// The `checkpoints` section of a job file.
public struct CheckpointDeclaration: Configurable, Equatable {
  public static let keyword = "checkpoints"
  public static let summary = "How often the run is saved, and how many of the saved states are kept."

  public let every: Span
  /// 0 for never.
  public let everySeconds: Double
  public let keep: Int

  public init(every: Span = .epochs(1), everySeconds: Double = 60, keep: Int = 3) {
    self.every = every
    self.everySeconds = everySeconds
    self.keep = keep
  }

  public init(reading fields: inout Fields) throws(ConfigurationError) {
    every = try fields.span(
      "every", default: .epochs(1), "Epochs or steps between two checkpoints; the end is always saved.")
    everySeconds = try fields.number(
      "everySeconds", in: 0...86_400, default: 60,
      "Also saves after so many seconds, which is the most work that a crash can cost; 0 does not.")
    keep = try fields.integer(
      "keep", in: 1...1000, default: 3, "Newest checkpoints that are kept, besides the best one.")
  }

  /// Whether to save a run that stands at `state`, so many seconds after it was saved last.
  public func isDue(at state: RunState, seconds: Double) -> Bool {
    if everySeconds > 0 && seconds >= everySeconds { return true }
    // What a span asked for was saved before the validation began, or will be after it.
    guard state.validation == nil else { return false }
    switch every {
    case .epochs(let count): return state.isBetweenEpochs && state.position.epoch % count == 0
    case .steps(let count): return state.step % count == 0
    }
  }
}
