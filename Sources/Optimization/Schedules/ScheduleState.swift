/// What a schedule keeps from epoch to epoch, saved with the run: numbers by name. A checkpoint can so hold what any schedule
/// keeps, without knowing which schedule that is.
public struct ScheduleState: Sendable, Equatable {
  private var numbers: [String: Double] = [:]

  public init() {}

  /// Nil for a number that is not there.
  public subscript(name: String) -> Double? {
    get { numbers[name] }
    set { numbers[name] = newValue }
  }
}

extension ScheduleState: Codable {
  public init(from decoder: any Decoder) throws {
    numbers = try decoder.singleValueContainer().decode([String: Double].self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(numbers)
  }
}

/// What an epoch showed: of the validation or, if there is none, of the training.
public struct ScheduleFigures: Sendable, Equatable {
  public var loss: Double
  public var accuracy: Double

  public init(loss: Double, accuracy: Double) {
    self.loss = loss
    self.accuracy = accuracy
  }
}
