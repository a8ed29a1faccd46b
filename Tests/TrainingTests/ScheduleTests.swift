import Configuration
import Optimization
import Testing
import Training

/// The rates of every schedule, against PyTorch.
@Suite struct ScheduleTests {
  struct Fixture: Decodable {
    let base: Double
    let stepsPerEpoch, steps: Int
    let schedules: [Case]
    let figures: [Double]
    let plateaus: [Plateau]
  }

  struct Case: Decodable {
    let keyword, settings: String
    let rates: [Double]
  }

  struct Plateau: Decodable {
    let settings: String
    let rates: [Double]
  }

  private func schedule(_ keyword: String, _ settings: String) throws -> any Schedule {
    try scheduleCatalogue.read(Document.parse("\(keyword): \(settings)", file: "job"))
  }

  @Test func ratesAgreeWithTorch() throws {
    let fixture = try Torch.json("schedules", as: Fixture.self)
    #expect(Set(fixture.schedules.map(\.keyword) + ["plateau"]) == Set(scheduleCatalogue.keywords))
    for expected in fixture.schedules {
      let schedule = try schedule(expected.keyword, expected.settings)
      for (step, rate) in expected.rates.enumerated() {
        let moment = ScheduleMoment(step: step, stepsPerEpoch: fixture.stepsPerEpoch, steps: fixture.steps)
        #expect(
          abs(schedule.rate(base: fixture.base, at: moment) - rate) < 1e-12,
          "\(expected.keyword) \(expected.settings), step \(step)")
      }
      #expect(expected.rates.count >= 30)
    }
  }

  @Test func plateausAgreeWithTorch() throws {
    let fixture = try Torch.json("schedules", as: Fixture.self)
    for expected in fixture.plateaus {
      let schedule = try schedule("plateau", expected.settings)
      var state: ScheduleState?
      for (epoch, figure) in fixture.figures.enumerated() {
        state = schedule.state(after: ScheduleFigures(loss: figure, accuracy: figure), state)
        let moment = ScheduleMoment(step: 0, stepsPerEpoch: 1, steps: 1, state: state)
        #expect(
          abs(schedule.rate(base: fixture.base, at: moment) - expected.rates[epoch]) < 1e-12,
          "\(expected.settings), epoch \(epoch)")
      }
      #expect((state?["reductions"] ?? 0) > 1)
    }
  }

  /// Beyond the end of their time, schedules stay where they ended.
  @Test func nothingHappensAfterTheEnd() throws {
    for (settings, end) in [("polynomial: {duration: 3 steps, end: 0.02}", 0.02), ("cosine: {duration: 3 steps}", 0)] {
      let schedule = try scheduleCatalogue.read(Document.parse(settings, file: "job"))
      for step in [3, 4, 100] {
        #expect(schedule.rate(base: 1, at: ScheduleMoment(step: step, stepsPerEpoch: 9, steps: 101)) == end)
      }
    }
  }

  /// A duration that is left out is the whole run, and what a warm-up leaves of it.
  @Test func warmUpComesBeforeTheSchedule() throws {
    let cosine = CosineSchedule()
    let warmed = WarmedUpSchedule(schedule: cosine, warmUp: .steps(4))
    let rates = (0..<12).map {
      warmed.rate(base: 0.8, at: ScheduleMoment(step: $0, stepsPerEpoch: 3, steps: 12))
    }
    #expect(zip(rates.prefix(4), [0.2, 0.4, 0.6, 0.8]).allSatisfy { abs($0 - $1) < 1e-15 })
    for step in 0..<8 {
      #expect(rates[4 + step] == cosine.rate(base: 0.8, at: ScheduleMoment(step: step, stepsPerEpoch: 3, steps: 8)))
    }
    let without = WarmedUpSchedule(schedule: ConstantSchedule(), warmUp: nil)
    #expect(without.rate(base: 0.8, at: ScheduleMoment(step: 0, stepsPerEpoch: 3, steps: 12)) == 0.8)
  }
}
