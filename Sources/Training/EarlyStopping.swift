public import Configuration
public import Figures

/// Ends a run that does not become better any more.
public struct EarlyStopping: Described, Equatable {
  public static let keyword = "earlyStopping"
  public static let summary = "Ends the run after some epochs without a better validation."

  public let patience: Int
  /// Also decides which epoch is the best.
  public let metric: Figure
  public let minimumChange: Double

  public init(patience: Int = 5, metric: Figure = .loss, minimumChange: Double = 0) {
    self.patience = patience
    self.metric = metric
    self.minimumChange = minimumChange
  }

  public init(reading fields: inout Fields) throws(ConfigurationError) {
    patience = try fields.integer(
      "patience", in: 1...100_000, default: 5, "Epochs in a row without a better value that end the run.")
    metric = try fields.choice(
      "metric", of: Figure.self, default: .loss, "The figure of the validation that counts, for the best epoch too.")
    minimumChange = try fields.number(
      "minimumChange", in: 0...1000, default: 0, "What a value must be better by to count.")
  }

  public var settings: KeyValuePairs<String, JSON?> {
    [
      "patience": .whole(patience), "metric": .word(metric), "minimumChange": .number(minimumChange),
    ]
  }

  /// What has been seen; saved with the run.
  public struct State: Sendable, Codable, Equatable {
    public var best: Double?
    /// Epochs since then.
    public var waited = 0

    public init() {}
  }

  /// The state after an epoch with this value; nil counts as no better one.
  public func next(_ state: State, value: Double?) -> State {
    var next = state
    if let value, metric.isBetter(value, than: state.best, by: minimumChange) {
      (next.best, next.waited) = (value, 0)
    } else {
      next.waited += 1
    }
    return next
  }

  public func isOver(_ state: State?) -> Bool { state.map { $0.waited >= patience } ?? false }
}
