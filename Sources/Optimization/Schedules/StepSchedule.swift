public import Configuration
import Kernels

/// rate = base * factor^floor(step / every): divides the rate every few epochs.
public struct StepSchedule: Schedule {
  public static let keyword = "step"
  public static let summary = "Multiplies the rate by a factor every few epochs or steps."

  public let every: Span
  public let decay: Double

  public init(every: Span, factor: Double) {
    self.every = every
    decay = factor
  }

  public init(reading fields: inout Fields) throws(ConfigurationError) {
    every = try fields.span("every", "How long each rate lasts.")
    decay = try fields.number("factor", in: 1e-6...1, "What the rate is multiplied by.")
  }

  public var settings: KeyValuePairs<String, JSON?> { ["every": .span(every), "factor": .number(decay)] }

  public func rate(base: Double, at moment: ScheduleMoment) -> Double {
    base * Elementary.power(decay, moment.step / max(every.steps(perEpoch: moment.stepsPerEpoch), 1))
  }
}
