public import Configuration
import Kernels

/// rate = end + (base - end) / 2 * (1 + cos(pi * step / duration)), then `end`; as
/// `torch.optim.lr_scheduler.CosineAnnealingLR` up to its `T_max`.
///
/// Loshchilov, Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR 2017, without restarts.
public struct CosineSchedule: Schedule {
  public static let keyword = "cosine"
  public static let summary = "Falls to an end rate along half a wave of the cosine."

  public let duration: Span?
  public let end: Double

  public init(duration: Span? = nil, end: Double = 0) {
    self.duration = duration
    self.end = end
  }

  public init(reading fields: inout Fields) throws(ConfigurationError) {
    duration = try fields.optionalSpan("duration", "Time until the end rate; left out, the whole run.")
    end = try fields.number("end", in: 0...1000, default: 0, "The rate from then on.")
  }

  public var settings: KeyValuePairs<String, JSON?> { ["duration": duration.map(JSON.span), "end": .number(end)] }

  public func rate(base: Double, at moment: ScheduleMoment) -> Double {
    cosineAnnealing(from: base, to: end, share: moment.share(of: duration))
  }
}

/// From one rate to another along half a wave; `share` is of the way, beyond 1 the end.
func cosineAnnealing(from start: Double, to end: Double, share: Double) -> Double {
  end + (start - end) / 2 * (1 + Elementary.cosineOfPi(times: min(max(share, 0), 1)))
}
