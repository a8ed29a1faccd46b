import Configuration
import Foundation
import Optimization
import Testing

/// Every schedule gives a rate that is finite and not negative, at every step of every duration.
@Suite struct FiniteRateTests {
  /// Each schedule with settings at the ends of their ranges. `SPAN` stands for a duration.
  static let settings = [
    "constant",
    "step: {every: SPAN, factor: 0.5}", "step: {every: SPAN, factor: 1e-6}", "step: {every: SPAN, factor: 1}",
    "exponential: {every: SPAN, factor: 1e-6}", "exponential: {every: SPAN, factor: 1}",
    "inverseTime: {every: SPAN, decay: 0}", "inverseTime: {every: SPAN, decay: 1000}",
    "polynomial: {duration: SPAN}", "polynomial: {duration: SPAN, power: 0.01}", "polynomial: {power: 100, end: 1000}",
    "cosine", "cosine: {duration: SPAN, end: 0.01}",
    "cyclic: {period: SPAN, low: 0}", "cyclic: {period: SPAN, low: 1000, high: 0}",
    "oneCycle", "oneCycle: {duration: SPAN}", "oneCycle: {rise: 0.1}", "oneCycle: {rise: 0.01, duration: SPAN}",
    "oneCycle: {rise: 0.5, duration: SPAN}",
    "oneCycle: {rise: 0.2, startDivisor: 1e9, endDivisor: 1e12, duration: SPAN}",
    "oneCycle: {rise: 0.99, high: 1000, startDivisor: 1, endDivisor: 1}",
    "warmRestarts: {period: SPAN}", "warmRestarts: {period: SPAN, multiplier: 100, end: 1000}",
    "plateau", "plateau: {patience: 0, factor: 1e-6, end: 1000}",
  ]

  static let spans = [
    "1 step", "2 steps", "3 steps", "5 steps", "10 steps", "50 steps", "100 steps", "1 epoch", "2 epochs", "9 epochs",
    "1000000000 steps", "1000000000 epochs",
  ]
  /// Steps of the whole run.
  static let runs = [1, 2, 3, 5, 7, 10, 20, 50, 99, 100, 101]

  @Test func everyScheduleIsHere() {
    let keywords = Self.settings.map { String($0.prefix { $0 != ":" }) }
    #expect(Set(keywords) == Set(scheduleCatalogue.keywords))
  }

  @Test(arguments: settings)
  func ratesAreFinite(text: String) throws {
    for span in text.contains("SPAN") ? Self.spans : [""] {
      let schedule = try scheduleCatalogue.read(Document.parse(text.replacing("SPAN", with: span), file: "job"))
      for warmUp in [nil, Span.steps(1), .steps(3), .epochs(1), .epochs(.max)] {
        for steps in Self.runs {
          let warmed = WarmedUpSchedule(schedule: schedule, warmUp: warmUp)
          #expect(
            badStep(of: warmed, steps: steps) == nil, "\(text), \(span), \(String(describing: warmUp)), \(steps) steps")
        }
      }
    }
  }

  /// The first step of a run, or soon after its end, whose rate is none.
  private func badStep(of schedule: WarmedUpSchedule, steps: Int) -> Int? {
    var state: ScheduleState?
    return (0..<steps + 3).first { step in
      state = schedule.schedule.state(after: ScheduleFigures(loss: .nan, accuracy: 0), state)
      for stepsPerEpoch in [1, 4, 1_000_000] {
        for base in [0, 1e-30, 0.1, 1000] {
          let rate = schedule.rate(
            base: base, at: ScheduleMoment(step: step, stepsPerEpoch: stepsPerEpoch, steps: steps, state: state))
          if !(rate.isFinite && rate >= 0) { return true }
        }
      }
      return false
    }
  }

  /// A rise of one step is at its top at once.
  @Test func aRiseOfOneStepIsTheTop() {
    let schedule = OneCycleSchedule(duration: .steps(10), rise: 0.1)
    let rates = (0..<10).map { schedule.rate(base: 0.5, at: ScheduleMoment(step: $0, stepsPerEpoch: 10, steps: 10)) }
    #expect(rates[0] == 0.5)
    #expect(zip(rates, rates.dropFirst()).allSatisfy { $0 > $1 })
  }
}

/// What a schedule keeps, as old checkpoints have it.
@Suite struct ScheduleStateTests {
  @Test func aStateOfTheFirstVersionReadsBack() throws {
    let text = #"{"badEpochs":2,"best":0.25,"cooldown":0,"reductions":3}"#
    let state = try JSONDecoder().decode(ScheduleState.self, from: Data(text.utf8))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    #expect(String(decoding: try encoder.encode(state), as: UTF8.self) == text)
    let schedule = PlateauSchedule(patience: 2, factor: 0.5)
    func rate(_ state: ScheduleState?) -> Double {
      schedule.rate(base: 1, at: ScheduleMoment(step: 0, stepsPerEpoch: 1, steps: 1, state: state))
    }
    #expect(rate(nil) == 1 && rate(state) == 0.125)
    #expect(rate(schedule.state(after: ScheduleFigures(loss: 0.25, accuracy: 0), state)) == 0.0625)
    #expect(rate(schedule.state(after: ScheduleFigures(loss: 0.2, accuracy: 0), state)) == 0.125)
  }

  /// Nothing is then written into a checkpoint.
  @Test func aScheduleByTheClockKeepsNothing() {
    let schedules: [any Schedule] = [ConstantSchedule(), CosineSchedule(), OneCycleSchedule()]
    for schedule in schedules {
      #expect(schedule.state(after: ScheduleFigures(loss: 1, accuracy: 0), nil) == nil)
    }
  }
}
