public import Configuration

/// One rise and one long fall, both along half a wave of the cosine, as `torch.optim.lr_scheduler.OneCycleLR` (without its
/// cycle of the momentum): from high / startDivisor to `high` in the first `rise` of the time, and on to
/// high / startDivisor / endDivisor.
///
/// Smith, Topin, "Super-convergence: very fast training of neural networks using large learning rates", 2018.
public struct OneCycleSchedule: Schedule {
  public static let keyword = "oneCycle"
  public static let summary = "One rise to a high rate and one long fall to almost nothing."

  public let duration: Span?
  public let high: Double?
  public let rise: Double
  public let startDivisor: Double
  public let endDivisor: Double

  public init(
    duration: Span? = nil, high: Double? = nil, rise: Double = 0.3, startDivisor: Double = 25, endDivisor: Double = 1e4
  ) {
    self.duration = duration
    self.high = high
    self.rise = rise
    self.startDivisor = startDivisor
    self.endDivisor = endDivisor
  }

  public init(reading fields: inout Fields) throws(ConfigurationError) {
    duration = try fields.optionalSpan("duration", "Time of the cycle; left out, the whole run.")
    high = try fields.optionalNumber("high", in: 0...1000, "The highest rate; left out, the optimizer's.")
    rise = try fields.number("rise", in: 0.01...0.99, default: 0.3, "Share of the time in which the rate rises.")
    startDivisor = try fields.number(
      "startDivisor", in: 1...1e9, default: 25, "How many times lower the rate is at the start.")
    endDivisor = try fields.number(
      "endDivisor", in: 1...1e12, default: 1e4, "How many times lower than at the start it is at the end.")
  }

  public var settings: KeyValuePairs<String, JSON?> {
    [
      "duration": duration.map(JSON.span), "high": high.map(JSON.number), "rise": .number(rise),
      "startDivisor": .number(startDivisor), "endDivisor": .number(endDivisor),
    ]
  }

  public func rate(base: Double, at moment: ScheduleMoment) -> Double {
    let high = high ?? base
    let start = high / startDivisor
    // As torch counts: the first step is at the start, the last one at the end.
    let steps = Double(max(duration?.steps(perEpoch: moment.stepsPerEpoch) ?? moment.steps, 1))
    let top = rise * steps - 1
    let step = Double(moment.step)
    // A rise of a single step begins at its top; there is no way of no length to take a share of.
    if step <= top { return cosineAnnealing(from: start, to: high, share: top > 0 ? step / top : 1) }
    return cosineAnnealing(from: high, to: start / endDivisor, share: (step - top) / (steps - 1 - top))
  }
}
