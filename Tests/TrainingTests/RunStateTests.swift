import Checkpoints
import Configuration
import Datasets
import Networks
import Tensors
import Testing
import Training

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
    state.validation = RunState.Validation()
    state.validated(state.epochTally)
    let back = try RunState(encoded: state.encoded)
    #expect(back == state)
    #expect(back.epochTally.loss.bitPattern == loss.bitPattern)
    #expect(try back.encoded == state.encoded)
  }

  @Test func anEpochIsOverWhenItIsValidated() {
    var state = RunState()
    var tally = Tally()
    tally.images = 2
    for loss in [6.0, 4.0, 8.0] {
      state.advance(by: tally, batches: 1)
      #expect(state.validation == RunState.Validation() && state.epochs == state.step - 1)
      tally.loss = loss
      state.validated(tally)
      #expect(state.validation?.batch == 1 && state.validation?.tally.meanLoss == loss / 2)
      #expect(state.finishEpoch() == (loss < 8))
      #expect(state.validation == nil && state.epochTally == Tally() && state.epochs == state.step)
    }
    #expect(state.best?.step == 2 && state.best?.loss == 2)
  }

  @Test(arguments: ["", "{}", "[1]", "{\"step\": \"one\"}", "{\"version\": 1, \"state\": {}}"])
  func refusesWhatIsNoState(text: String) {
    #expect(throws: TrainingError.self) { try RunState(encoded: text) }
  }

  @Test func refusesAnotherVersion() throws {
    let text = try RunState().encoded.replacing("\"version\":1", with: "\"version\":2")
    let error = #expect(throws: TrainingError.self) { try RunState(encoded: text) }
    #expect(error?.description.contains("version 2") == true)
  }
}

@Suite struct CheckpointDeclarationTests {
  /// A state after so many steps of an epoch of four.
  private func state(_ steps: Int) -> RunState {
    var state = RunState()
    for _ in 0..<steps {
      if state.validation != nil { _ = state.finishEpoch() }
      state.advance(by: Tally(), batches: 4)
    }
    return state
  }

  @Test func spansCountTrainingAlone() {
    func due(_ every: Span) -> [Int] {
      (1...12).filter { step in
        var state = state(step)
        // Whatever falls on the end of an epoch waits until the epoch is reported.
        #expect(state.validation == nil || !CheckpointDeclaration(every: every).isDue(at: state, seconds: 0))
        if state.validation != nil { _ = state.finishEpoch() }
        return CheckpointDeclaration(every: every).isDue(at: state, seconds: 0)
      }
    }
    #expect(due(.epochs(1)) == [4, 8, 12])
    #expect(due(.epochs(2)) == [8])
    #expect(due(.steps(3)) == [3, 6, 9, 12])
  }

  @Test func theClockCountsAlways() {
    let declaration = CheckpointDeclaration(every: .epochs(9), everySeconds: 60)
    for step in 1...5 {
      #expect(!declaration.isDue(at: state(step), seconds: 59.9))
      #expect(declaration.isDue(at: state(step), seconds: 60))
    }
    #expect(!CheckpointDeclaration(every: .epochs(9), everySeconds: 0).isDue(at: state(1), seconds: 1e9))
  }
}

@Suite struct SpaceNeedTests {
  /// Not less than what a run was seen to write.
  @Test func boundsWhatARunWrites() throws {
    let studio = try Studio()
    try studio.train(studio.job(keep: 2), in: "run")
    let model = try NetworkPlan(Network(Studio.layers), input: Shape(channels: 3, height: 256, width: 256))
    let need = SpaceNeed(scalars: model.parameterScalars, memories: 1, keep: 2, steps: Studio.steps, evaluations: 2)
    let result = try studio.result(of: "run")
    #expect(result.reduce(0) { $0 + $1.count } <= need.checkpointBytes)
    #expect((studio.folder.text("run/metrics.jsonl") ?? "").utf8.count <= need.metricsBytes)
    #expect(try CheckpointStore(run: studio.folder("run")).steps().count < need.checkpoints)
  }

  /// Nobody can make room for it, and so nobody should wait for it.
  @Test func whatNoDiskCanHoldIsForbiddenAtOnce() throws {
    let studio = try Studio()
    let error = #expect(throws: TrainingError.self) {
      // 800 million weights and as many velocities, a thousand times: six petabytes would be free on no such machine.
      try studio.train(
        studio.job([Flatten(), Linear(outputs: 4096), Linear(outputs: 4096), Linear(outputs: 1)], keep: 1000), in: "run"
      )
    }
    #expect(error?.isPermanent == true)
    #expect(error.map { "\($0)" }?.contains("its whole file system has") == true)
  }

  @Test func countsWhatIsThere() {
    let need = SpaceNeed(scalars: 1000, memories: 1, keep: 3, steps: 0, evaluations: 0)
    #expect(need.bytes(existing: 0) == 5 * need.checkpointBytes)
    #expect(need.bytes(existing: 3) == 2 * need.checkpointBytes)
    // One is always written.
    #expect(need.bytes(existing: 9) == need.checkpointBytes)
    #expect(SpaceNeed(scalars: 0, memories: 0, keep: 1, steps: 100, evaluations: 0).metricsBytes > 0)
    func figures(classes: Int) -> Int {
      SpaceNeed(scalars: 0, memories: 0, keep: 1, steps: 0, evaluations: 1, classes: classes).metricsBytes
    }
    // No more than it takes: a long run of two classes must not be refused for sixteen.
    #expect(figures(classes: 2) < 1250 && figures(classes: 16) > figures(classes: 2))
    #expect(figures(classes: 1000) == figures(classes: 16))
  }
}
