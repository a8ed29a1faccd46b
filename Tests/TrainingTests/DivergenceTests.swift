import Checkpoints
import Configuration
import Networks
import Optimization
import Testing
import Training

/// What becomes of a run whose numbers are none any more.
@Suite struct DivergenceTests {
  /// A rate that leads out of all bounds, and at a ten-thousandth of it does not.
  private func job(
    _ studio: Studio, rate: Double = 2000, retries: Int, layers: [any Layer] = Studio.layers, every: Span = .steps(1),
    threads: Int = 2, schedule: any Schedule = ConstantSchedule()
  ) -> TrainingJob {
    var job = studio.job(layers, every: every, threads: threads)
    job.training = TrainingDeclaration(
      epochs: 3, batchSize: 5, seed: 3, optimizer: SGD(learningRate: rate, momentum: 0.9), schedule: schedule,
      onDivergence: DivergenceDeclaration(reduceRate: 0.001, retries: retries))
    return job
  }

  private func divergence(_ body: () throws -> Void) throws -> (Divergence, step: Int)? {
    do { try body() } catch TrainingError.diverged(let divergence, let step, _) { return (divergence, step) }
    return nil
  }

  @Test func theFirstLayerIsNamed() throws {
    let studio = try Studio()
    let found = try #require(try divergence { try studio.train(job(studio, rate: 1e30, retries: 0), in: "run") })
    #expect(found.step == 2)
    // The first convolution's weights are of the order of 1e29 and still give numbers; the second one's products do not.
    #expect(found.0.place == .activations && found.0.layer == 3 && found.0.keyword == "conv2d")
    #expect("\(found.0)" == "the output of layer 3 (conv2d) is no longer finite")
  }

  @Test func aLossOutOfAllBoundsIsADivergence() throws {
    let studio = try Studio()
    let found = try #require(
      try divergence {
        try studio.train(job(studio, rate: 1e6, retries: 0), in: "run")
      })
    guard case .loss(let loss) = found.0.place else { throw Unexpected() }
    #expect(loss > 1e5 && loss.isFinite && found.0.keyword == "linear")
  }

  struct Unexpected: Error {}

  @Test func aRetryGoesBackWithALowerRate() throws {
    let studio = try Studio()
    let course = try studio.train(job(studio, retries: 3), in: "run")
    #expect(course.outcome == .finished)
    let returns = course.events.compactMap { event -> (Int, Int, Double)? in
      if case .wentBack(_, let from, let place, let reduction) = event { (from, place.step, reduction) } else { nil }
    }
    #expect((1...3).contains(returns.count))
    #expect(returns.first?.2 == 0.001)
    let rows = try studio.rows(of: "run")
    // Every step has one row, of the course that was kept.
    #expect(rows.compactMap { if case .step(let row) = $0 { row.step } else { nil } } == Array(1...12))
    #expect(rows.allSatisfy { if case .step(let row) = $0 { row.loss.isFinite } else { true } })
  }

  /// Threads, interruptions at every question and the places of checkpoints do not show in the result.
  @Test func theResultDoesNotDependOnInterruptions() throws {
    let studio = try Studio()
    try studio.train(job(studio, retries: 3), in: "whole")
    let expected = try studio.result(of: "whole")
    let rows = try studio.rows(of: "whole").map(\.withoutClock)
    try studio.train(job(studio, retries: 3, every: .epochs(9), threads: 3), in: "rarely")
    #expect(try studio.result(of: "rarely")[0] == expected[0])
    for question in 1..<14 {
      let run = "question\(question)"
      try studio.train(job(studio, retries: 3), in: run, atQuestion: question)
      try studio.train(job(studio, retries: 3), in: run)
      #expect(try studio.result(of: run) == expected, "question \(question)")
      let row = try studio.rows(of: run).map(\.withoutClock)
      #expect(row == rows, "question \(question)")
    }
  }

  /// With a best checkpoint behind it, the run goes back there and not to the start.
  @Test func theBestCheckpointIsWhereItGoesBackTo() throws {
    let studio = try Studio()
    let course = try studio.train(job(studio, rate: 0.02, retries: 3, schedule: Leap()), in: "run")
    let places = course.events.compactMap { event -> Int? in
      if case .wentBack(_, _, let place, _) = event { place.step } else { nil }
    }
    #expect(!places.isEmpty && places.allSatisfy { $0 == 4 })
  }

  /// When a run has gone back, no checkpoint of the course that diverged is left to be gone on from.
  @Test func theCheckpointsBeyondAreForgotten() throws {
    let studio = try Studio()
    var job = job(studio, rate: 0.02, retries: 3, schedule: Leap(at: 6))
    job.checkpoints = CheckpointDeclaration(every: .steps(1), everySeconds: 0, keep: 99)
    let store = CheckpointStore(run: studio.folder("run"))
    var (returns, beyond) = (0, [Int]())
    var before: [Int] = []
    var run = try TrainingRun(job, in: studio.folder("run")) { (event) throws(TrainingError) in
      do throws(CheckpointError) {
        if case .stepped = event { before = try store.steps() }
        guard case .wentBack(_, _, let place, _) = event else { return }
        returns += 1
        // There was something to forget.
        #expect(returns > 1 || before.contains { $0 > place.step })
        beyond += try store.steps().filter { $0 > place.step }
      } catch { throw .checkpoint(error) }
    }
    _ = try run.run { false }
    #expect(returns > 0 && beyond.isEmpty)
  }

  /// What the images weigh is no divergence, and what a network of such weights loses at first is no more than that.
  @Test func heavyClassesAreNoDivergence() throws {
    let studio = try Studio()
    var job = studio.job()
    job.training = TrainingDeclaration(
      epochs: 1, batchSize: 5, seed: 3, loss: BinaryCrossEntropy(positiveWeight: 1e3),
      classWeights: .given([1e6, 1e6]),
      optimizer: SGD(learningRate: 1e-3), clipNorm: 1)
    try studio.train(job, in: "run")
    var losses: [Double] = []
    for case .step(let row) in try studio.rows(of: "run") { losses.append(row.loss) }
    #expect(losses.count == 4 && losses.contains { $0 > 1e5 })
  }

  @Test func retriesCanBeUsedUp() throws {
    let studio = try Studio()
    let found = try divergence { try studio.train(job(studio, rate: 1e30, retries: 2), in: "run") }
    #expect(found != nil)
    let checkpoint = try #require(try CheckpointStore(run: studio.folder("run")).latest())
    for tensor in checkpoint.model.tensors { #expect(!tensor.values.contains { !$0.isFinite }, "\(tensor.name)") }
  }
}

/// The base rate for some steps, and then one that nothing survives until it is reduced twice.
struct Leap: Schedule {
  static let keyword = "rise"
  static let summary = "For a test."

  var start = 4

  init() {}
  init(at start: Int) { self.start = start }
  init(reading fields: inout Fields) throws(ConfigurationError) {}
  var settings: KeyValuePairs<String, JSON?> { [:] }

  func rate(base: Double, at moment: ScheduleMoment) -> Double { moment.step < start ? base : 1e6 * base }
}
