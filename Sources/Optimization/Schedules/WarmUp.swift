public import Configuration

/// A schedule with a linear warm-up before it: in its n steps the rate is 1/n, 2/n, … n/n of the schedule's first, and the
/// schedule begins when it is over, with the rest of the run before it.
///
/// Goyal et al., "Accurate, large minibatch SGD: training ImageNet in 1 hour", 2017.
public struct WarmedUpSchedule: Sendable {
  public let schedule: any Schedule
  public let warmUp: Span?

  public init(schedule: any Schedule, warmUp: Span?) {
    self.schedule = schedule
    self.warmUp = warmUp
  }

  public func rate(base: Double, at moment: ScheduleMoment) -> Double {
    let length = warmUp?.steps(perEpoch: moment.stepsPerEpoch) ?? 0
    var rest = moment
    rest.step = max(moment.step - length, 0)
    rest.steps = max(moment.steps - length, 1)
    let rate = schedule.rate(base: base, at: rest)
    return moment.step < length ? rate * Double(moment.step + 1) / Double(length) : rate
  }
}
