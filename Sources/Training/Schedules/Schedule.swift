public import Configuration

/// The learning rate over the run: a pure function of the step.
public protocol Schedule: Configurable {
  /// The factor on the optimizer's base rate at a step.
  ///
  /// - Parameters:
  ///   - step: 0 for the first step of the run.
  ///   - stepsPerEpoch: to turn epochs into steps.
  func factor(step: Int, stepsPerEpoch: Int) -> Double
}

/// Every schedule that a job file may name.
public let scheduleCatalogue = Catalogue<any Schedule>(
  "schedule",
  [
    .init(ConstantSchedule.self) { $0 },
    .init(StepSchedule.self) { $0 },
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
