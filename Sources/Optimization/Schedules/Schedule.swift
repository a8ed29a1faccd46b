public import Configuration
import Tensors

/// The learning rate over the run: a pure function of where the run stands, and of what the schedule has kept of the epochs
/// so far.
public protocol Schedule: Described {
  /// The learning rate of a step.
  /// - Parameter base: the optimizer's own.
  func rate(base: Double, at moment: ScheduleMoment) -> Double

  /// What the schedule keeps after an epoch. Nil for one that keeps nothing, as most do.
  /// - Parameter state: what it has kept so far; nil before the first epoch.
  func state(after figures: ScheduleFigures, _ state: ScheduleState?) -> ScheduleState?
}

extension Schedule {
  public func state(after figures: ScheduleFigures, _ state: ScheduleState?) -> ScheduleState? { nil }
}

/// Where a run stands, as its schedule sees it: a warm-up is over and not counted.
public struct ScheduleMoment: Sendable, Equatable {
  /// 0 for the first step.
  public var step: Int
  /// To turn epochs into steps.
  public var stepsPerEpoch: Int
  /// Of the whole run.
  public var steps: Int
  /// What the schedule has kept of the epochs so far.
  public var state: ScheduleState?

  public init(step: Int, stepsPerEpoch: Int, steps: Int, state: ScheduleState? = nil) {
    self.step = step
    self.stepsPerEpoch = stepsPerEpoch
    self.steps = steps
    self.state = state
  }

  /// How much of `span` has passed, from 0; more than 1 beyond its end. The whole run if nil.
  func share(of span: Span?) -> Double {
    Double(step) / Double(max(span?.steps(perEpoch: stepsPerEpoch) ?? steps, 1))
  }
}

/// Every schedule that a job file may name.
public let scheduleCatalogue = Catalogue<any Schedule>(
  "schedule",
  [
    .init(ConstantSchedule.self) { $0 },
    .init(StepSchedule.self) { $0 },
    .init(ExponentialSchedule.self) { $0 },
    .init(InverseTimeSchedule.self) { $0 },
    .init(PolynomialSchedule.self) { $0 },
    .init(CosineSchedule.self) { $0 },
    .init(CyclicSchedule.self) { $0 },
    .init(OneCycleSchedule.self) { $0 },
    .init(WarmRestartsSchedule.self) { $0 },
    .init(PlateauSchedule.self) { $0 },
  ])

extension Span {
  /// The length in steps.
  func steps(perEpoch: Int) -> Int {
    switch self {
    case .epochs(let count): count.times(perEpoch)
    case .steps(let count): count
    }
  }
}
