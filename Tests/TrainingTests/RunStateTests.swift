import Configuration
import Datasets
import Testing
import Training

@Suite struct ScheduleTests {
  @Test func constantRate() {
    for step in [0, 1, 1000] { #expect(ConstantSchedule().factor(step: step, stepsPerEpoch: 7) == 1) }
  }

  @Test func stepsByEpochsAndBySteps() {
    let byEpochs = StepSchedule(every: .epochs(2), factor: 0.5)
    #expect([0, 13, 14, 27, 28].map { byEpochs.factor(step: $0, stepsPerEpoch: 7) } == [1, 1, 0.5, 0.5, 0.25])
    let bySteps = StepSchedule(every: .steps(3), factor: 0.1)
    #expect([2, 3, 6].map { bySteps.factor(step: $0, stepsPerEpoch: 7) } == [1, 0.1, 0.1 * 0.1])
  }
}

@Suite struct TallyTests {
  @Test func addsUp() {
    var first = Tally()
    (first.loss, first.correct, first.images) = (3, 1, 2)
    var second = Tally()
    (second.loss, second.correct, second.images) = (1, 2, 2)
    first.add(second)
    #expect(first.meanLoss == 1 && first.accuracy == 0.75)
  }

  @Test func nothingHasNoMean() {
    #expect(Tally().meanLoss.isNaN && Tally().accuracy.isNaN)
  }
}

@Suite struct RunStateTests {
  @Test func advancesThroughEpochs() {
    var state = RunState()
    var tally = Tally()
    tally.images = 5
    #expect(state.isBetweenEpochs)
    for batch in 1...3 {
      state.advance(by: tally, batches: 3)
      #expect(state.step == batch && state.epochTally.images == 5 * batch)
      #expect(state.isBetweenEpochs == (batch == 3))
    }
    #expect(state.position == BatchPosition(epoch: 1, batch: 0))
  }

  /// Doubles come back with their bits, whatever they are.
  @Test(arguments: [0.1, 1.0 / 3, .leastNonzeroMagnitude, 1.7976931348623157e+308, -0.0, .infinity])
  func readsBackTheSameBits(loss: Double) throws {
    var state = RunState()
    state.step = 12_345
    state.position = BatchPosition(epoch: 7, batch: 3)
    (state.epochTally.loss, state.epochTally.correct, state.epochTally.images) = (loss, 4, 9)
    state.skipped = [SkippedImage(index: 3, name: "cats/\u{1F408}.png", reason: "\"damaged\"\n")]
    let back = try #require(RunState(encoded: state.encoded))
    #expect(back == state)
    #expect(back.epochTally.loss.bitPattern == loss.bitPattern)
    #expect(back.encoded == state.encoded)
  }

  @Test(arguments: ["", "{}", "[1]", "{\"step\": \"one\"}"])
  func refusesWhatIsNoState(text: String) {
    #expect(RunState(encoded: text) == nil)
  }
}
