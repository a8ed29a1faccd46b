public import Configuration
import Kernels

/// rate = end + (base - end) * (1 - step / duration)^power, then `end`; as `torch.optim.lr_scheduler.PolynomialLR`, whose
/// end is 0. A power of 1 is a straight line.
public struct PolynomialSchedule: Schedule {
  public static let keyword = "polynomial"
  public static let summary = "Falls to an end rate along a power of the time that is left."

  public let duration: Span?
  public let power: Double
  public let end: Double

  public init(duration: Span? = nil, power: Double = 1, end: Double = 0) {
    self.duration = duration
    self.power = power
    self.end = end
  }

  public init(reading fields: inout Fields) throws(ConfigurationError) {
    duration = try fields.optionalSpan("duration", "Time until the end rate; left out, the whole run.")
    power = try fields.number("power", in: 0.01...100, default: 1, "1 for a straight line, 2 for a parabola.")
    end = try fields.number("end", in: 0...1000, default: 0, "The rate from then on.")
  }

  public var settings: KeyValuePairs<String, JSON?> {
    [
      "duration": duration.map(JSON.span), "power": .number(power), "end": .number(end),
    ]
  }

  public func rate(base: Double, at moment: ScheduleMoment) -> Double {
    end + (base - end) * Elementary.power(max(1 - moment.share(of: duration), 0), power)
  }
}
