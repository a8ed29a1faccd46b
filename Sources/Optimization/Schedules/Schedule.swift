public import Configuration

/// The learning rate over the run: a pure function of where the run stands.
public protocol Schedule: Configurable {
  /// The learning rate of a step.
  /// - Parameter base: the optimizer's own.
  func rate(base: Double, at moment: ScheduleMoment) -> Double
}

/// Where a run stands, as its schedule sees it: a warm-up is over and not counted.
public struct ScheduleMoment: Sendable, Equatable {
  /// 0 for the first step.
  public var step: Int
  /// To turn epochs into steps.
  public var stepsPerEpoch: Int
  /// Of the whole run.
  public var steps: Int
  /// Reductions of the rate that validation has called for so far.
  public var reductions: Int

  public init(step: Int, stepsPerEpoch: Int, steps: Int, reductions: Int = 0) {
    self.step = step
    self.stepsPerEpoch = stepsPerEpoch
    self.steps = steps
    self.reductions = reductions
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
    case .epochs(let count): count * perEpoch
    case .steps(let count): count
    }
  }
}
