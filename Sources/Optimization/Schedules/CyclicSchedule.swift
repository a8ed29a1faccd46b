public import Configuration

/// Up and down between two rates along straight lines, as `torch.optim.lr_scheduler.CyclicLR` in mode `triangular`: a rate
/// that rises again can leave a narrow minimum.
///
/// Smith, "Cyclical learning rates for training neural networks", WACV 2017.
public struct CyclicSchedule: Schedule {
  public static let keyword = "cyclic"
  public static let summary = "Rises and falls between two rates, again and again."

  public let period: Span
  public let low: Double
  public let high: Double?

  public init(period: Span, low: Double, high: Double? = nil) {
    self.period = period
    self.low = low
    self.high = high
  }

  public init(reading fields: inout Fields) throws(ConfigurationError) {
    period = try fields.span("period", "Time of one rise and fall.")
    low = try fields.number("low", in: 0...1000, "The rate at the start and the end of a period.")
    high = try fields.optionalNumber("high", in: 0...1000, "The rate in the middle; left out, the optimizer's.")
  }

  public var settings: KeyValuePairs<String, JSON?> {
    [
      "period": .span(period), "low": .number(low), "high": high.map(JSON.number),
    ]
  }

  public func rate(base: Double, at moment: ScheduleMoment) -> Double {
    let share = moment.share(of: period)
    let place = share - share.rounded(.down)
    return low + ((high ?? base) - low) * (place < 0.5 ? 2 * place : 2 - 2 * place)
  }
}
