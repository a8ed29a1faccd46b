public import Configuration
import Tensors

/// The cosine's fall again and again, each `multiplier` times as long as the one before, as
/// `torch.optim.lr_scheduler.CosineAnnealingWarmRestarts`.
///
/// Loshchilov, Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR 2017.
public struct WarmRestartsSchedule: Schedule {
  public static let keyword = "warmRestarts"
  public static let summary = "Falls along half a wave of the cosine, starts again at the top, and so on."

  public let period: Span
  public let multiplier: Int
  public let end: Double

  public init(period: Span, multiplier: Int = 1, end: Double = 0) {
    self.period = period
    self.multiplier = multiplier
    self.end = end
  }

  public init(reading fields: inout Fields) throws(ConfigurationError) {
    period = try fields.span("period", "Time of the first fall.")
    multiplier = try fields.integer("multiplier", in: 1...100, default: 1, "How many times as long each next one is.")
    end = try fields.number("end", in: 0...1000, default: 0, "The rate that each falls to.")
  }

  public var settings: KeyValuePairs<String, JSON?> {
    [
      "period": .span(period), "multiplier": .whole(multiplier), "end": .number(end),
    ]
  }

  public func rate(base: Double, at moment: ScheduleMoment) -> Double {
    var length = max(period.steps(perEpoch: moment.stepsPerEpoch), 1)
    var step = moment.step
    if multiplier == 1 { step %= length }
    while step >= length {
      step -= length
      length = length.times(multiplier)
    }
    return cosineAnnealing(from: base, to: end, share: Double(step) / Double(length))
  }
}
