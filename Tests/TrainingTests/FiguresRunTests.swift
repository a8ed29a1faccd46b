import Checkpoints
import Configuration
import Datasets
import Networks
import Optimization
import RunFiles
import Testing
import Training

/// What runs report of images that they do not learn from, and what they decide by it.
@Suite struct FiguresRunTests {
  private func training(
    epochs: Int = 2, classWeights: ClassWeights = .none, earlyStopping: EarlyStopping? = nil
  ) -> TrainingDeclaration {
    TrainingDeclaration(
      epochs: epochs, batchSize: 5, seed: 3, classWeights: classWeights,
      optimizer: SGD(learningRate: 0.02, momentum: 0.9), earlyStopping: earlyStopping)
  }

  private func epochs(_ studio: Studio, _ run: String) throws -> [EpochRow] {
    try studio.rows(of: run).compactMap { row in if case .epoch(let epoch) = row { epoch } else { nil } }
  }

  private func tests(_ studio: Studio, _ run: String) throws -> [TestRow] {
    try studio.rows(of: run).compactMap { row in if case .test(let test) = row { test } else { nil } }
  }

  @Test func everyValidationHasFigures() throws {
    let studio = try Studio()
    try studio.train(studio.job(), in: "run")
    for row in try epochs(studio, "run") {
      let figures = try #require(row.validationFigures)
      #expect(figures[.accuracy] == row.validationAccuracy && figures.counts == [3, 3])
      #expect(abs((row.validationLoss ?? .nan) - (figures[.loss] ?? row.validationLoss ?? .nan)) < 1e-12)
      #expect(figures[.rocAuc] != nil && figures[.calibrationError] != nil)
    }
  }

  @Test func outputsComeBackBitByBit() throws {
    var state = RunState()
    state.validation = RunState.Validation()
    state.validated(Tally(), outputs: [0.1, -0.0, .infinity, .leastNonzeroMagnitude])
    state.validated(Tally(), outputs: [1 / 3])
    let back = try RunState(encoded: state.encoded)
    #expect(back.validation?.outputs?.values.map(\.bitPattern) == state.validation?.outputs?.values.map(\.bitPattern))
    #expect(back.validation?.outputs?.values.count == 5)
    // A validation that an earlier version began has none.
    let old = try state.encoded.replacing(/"outputs":"[^"]*",/, with: "")
    #expect(try old != state.encoded)
    var resumed = try RunState(encoded: old)
    resumed.validated(Tally(), outputs: [1])
    #expect(resumed.validation?.outputs == nil)
  }

  // MARK: - Test

  private func testedJob(_ studio: Studio) -> TrainingJob {
    var job = studio.job()
    job.data.test = 0.25
    return job
  }

  @Test func theHeldOutImagesAreTestedOnceAtTheEnd() throws {
    let studio = try Studio()
    let course = try studio.train(testedJob(studio), in: "run")
    let rows = try studio.rows(of: "run")
    guard case .test(let row) = rows.last else {
      Issue.record("no test at the end")
      return
    }
    #expect(row.figures.counts == [3, 3] && row.epoch == 2 && row.figures[.loss]?.isFinite == true)
    let loaded = course.events.compactMap { event -> [Int]? in
      if case .loaded(let account) = event {
        Part.allCases.map { part in account.rows.count { $0.part == part } }
      } else {
        nil
      }
    }
    #expect(loaded == [[14, 4, 6]])
    // A finished run stays as it is.
    try studio.train(testedJob(studio), in: "run")
    #expect(try studio.rows(of: "run") == rows)
  }

  /// In the middle of the test too: it is two batches long.
  @Test func interruptionAtEveryQuestionTestsOnce() throws {
    let studio = try Studio()
    let questions = 3 + 1 + 1 + 3 + 1 + 3
    try studio.train(testedJob(studio), in: "whole")
    var interruptions = 0
    for question in 1...questions {
      let run = "question\(question)"
      if try studio.train(testedJob(studio), in: run, atQuestion: question).outcome == .interrupted {
        interruptions += 1
      }
      try studio.train(testedJob(studio), in: run)
      #expect(try studio.result(of: run) == studio.result(of: "whole"), "question \(question)")
      #expect(try studio.rows(of: run).map(\.withoutClock) == studio.rows(of: "whole").map(\.withoutClock))
      #expect(try tests(studio, run).count == 1)
    }
    #expect(interruptions >= 9)
  }

  // MARK: - Without validation

  @Test func allImagesMayBeTrainedOn() throws {
    let studio = try Studio()
    var job = studio.job()
    job.data.validation = .share(0)
    try studio.train(job, in: "run")
    for row in try epochs(studio, "run") {
      #expect(row.validationLoss == nil && row.validationAccuracy == nil && row.validationFigures == nil)
    }
    let store = CheckpointStore(run: studio.folder("run"))
    #expect(try store.bestStep == nil && store.latestStep == 10)
    try studio.train(job, in: "stopped", stoppingAfter: 5)
    try studio.train(job, in: "stopped")
    #expect(try studio.result(of: "stopped") == studio.result(of: "run"))
  }

  // MARK: - Early stopping

  @Test func aRunStopsWhenNothingGetsBetter() throws {
    let studio = try Studio()
    var job = studio.job()
    // No figure can rise by more than 1: the first epoch stays the best of the three.
    let stopping = EarlyStopping(patience: 2, metric: .macroF1, minimumChange: 1)
    job.training = training(epochs: 9, earlyStopping: stopping)
    let course = try studio.train(job, in: "whole")
    #expect(course.outcome == .stoppedEarly)
    #expect(try epochs(studio, "whole").map(\.epoch) == [1, 2, 3])
    for steps in [4, 8, 11] {
      try studio.train(job, in: "stopped\(steps)", stoppingAfter: steps)
      #expect(try studio.train(job, in: "stopped\(steps)").outcome == .stoppedEarly)
      #expect(try studio.result(of: "stopped\(steps)") == studio.result(of: "whole"))
      #expect(
        try studio.rows(of: "stopped\(steps)").map(\.withoutClock) == studio.rows(of: "whole").map(\.withoutClock))
    }
    let again = try studio.train(job, in: "whole")
    #expect(again.outcome == .stoppedEarly && again.steps == 0)
  }

  @Test func theBestEpochIsByTheSameFigure() throws {
    let studio = try Studio()
    var job = studio.job()
    job.training = training(epochs: 4, earlyStopping: EarlyStopping(patience: 9, metric: .rocAuc))
    try studio.train(job, in: "run")
    let rows = try epochs(studio, "run")
    let best = rows.max { ($0.validationFigures?[.rocAuc] ?? 0) < ($1.validationFigures?[.rocAuc] ?? 0) }
    let first = rows.first { $0.validationFigures?[.rocAuc] == best?.validationFigures?[.rocAuc] }
    #expect(try first != nil && CheckpointStore(run: studio.folder("run")).bestStep == first?.step)
  }

  @Test func patienceCountsFromTheLastBetterValue() {
    let stopping = EarlyStopping(patience: 2, metric: .loss, minimumChange: 0.1)
    var state = EarlyStopping.State()
    var waits: [Int] = []
    for value in [1.0, 0.95, 0.85, 0.8, nil] {
      state = stopping.next(state, value: value)
      waits.append(state.waited)
    }
    #expect(waits == [0, 1, 0, 1, 2] && state.best == 0.85 && stopping.isOver(state) && !stopping.isOver(nil))
  }

  // MARK: - Class weights

  @Test func automaticWeightsAreBalanced() {
    #expect(ClassWeights.auto.weights(of: [0, 0, 0, 1], classes: 2) == [4 / 6.0, 2])
    #expect(ClassWeights.auto.weights(of: [0, 0], classes: 2) == [0.5, 1])
    #expect(ClassWeights.none.weights(of: [0, 1, 2], classes: 3) == [1, 1, 1])
    #expect(ClassWeights.given([1, 2]).weights(of: [0, 1, 2], classes: 3) == nil)
  }

  @Test func weightsChangeWhatIsLearnt() throws {
    let studio = try Studio()
    func model(_ weights: ClassWeights, _ run: String) throws -> [UInt8] {
      var job = studio.job()
      job.training = training(classWeights: weights)
      try studio.train(job, in: run)
      return try studio.result(of: run)[0]
    }
    let plain = try model(.none, "plain")
    // The classes have as many images each.
    #expect(try model(.auto, "auto") == plain)
    #expect(try model(.given([1, 1]), "ones") == plain)
    #expect(try model(.given([1, 3]), "three") != plain)
    #expect { try model(.given([1, 1, 1]), "many") } throws: { error in
      "\(error)".contains("3 weights") && "\(error)".contains("ascending, descending")
    }
  }
}
