public import Configuration
import Kernels

/// rate = base * factor^(step / every): the same factor for equal times, a little at every step. With `every: 1 step` each
/// iteration divides the rate by a constant; after whole multiples of `every` as `torch.optim.lr_scheduler.ExponentialLR`.
public struct ExponentialSchedule: Schedule {
  public static let keyword = "exponential"
  public static let summary = "Multiplies the rate by a factor over every span of time, evenly spread over its steps."

  public let every: Span
  public let decay: Double

  public init(every: Span, factor: Double) {
    self.every = every
    decay = factor
  }

  public init(reading fields: inout Fields) throws(ConfigurationError) {
    every = try fields.span("every", default: .epochs(1), "How long the rate takes to change by the factor.")
    decay = try fields.number("factor", in: 1e-6...1, "What the rate is multiplied by in that time.")
  }

  public var settings: KeyValuePairs<String, JSON?> { ["every": .span(every), "factor": .number(decay)] }

  public func rate(base: Double, at moment: ScheduleMoment) -> Double {
    base * Elementary.power(decay, moment.share(of: every))
  }
}
