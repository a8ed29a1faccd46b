public import Configuration

/// rate = base / (1 + decay * step / every): divides the rate by a factor that grows linearly with time.
public struct InverseTimeSchedule: Schedule {
  public static let keyword = "inverseTime"
  public static let summary = "Divides the rate by a factor that grows linearly with time."

  public let every: Span
  public let decay: Double

  public init(every: Span, decay: Double) {
    self.every = every
    self.decay = decay
  }

  public init(reading fields: inout Fields) throws(ConfigurationError) {
    every = try fields.span("every", default: .epochs(1), "The time in which the divisor grows by `decay`.")
    decay = try fields.number("decay", in: 0...1000, "What the divisor, 1 at first, grows by in that time.")
  }

  public var settings: KeyValuePairs<String, JSON?> { ["every": .span(every), "decay": .number(decay)] }

  public func rate(base: Double, at moment: ScheduleMoment) -> Double {
    base / (1 + decay * moment.share(of: every))
  }
}
