import Checkpoints
import Configuration
import Datasets
import DurableFiles
import Networks
import Optimization
import RunFiles
import TemporaryFolder
import Testing
import Training

/// Runs that are what their jobs give, however they came about.
@Suite struct ReplayTests {
  enum Kind: String, CaseIterable {
    case plain, batchNorm, augmented, tested, bare
  }

  private func job(_ kind: Kind, _ studio: Studio) -> TrainingJob {
    var job = studio.job(every: .steps(2), keep: 99)
    switch kind {
    case .plain: break
    case .batchNorm:
      job.network = Network(BatchLayersTests.layers)
      job.training = TrainingDeclaration(epochs: 2, batchSize: 6, seed: 3, optimizer: Adam(learningRate: 0.01))
    case .augmented:
      job.data.augment = Augmentation(
        flip: .both, rotate: .quarter, shift: 3, brightness: 0.1, contrast: 0.1, angle: 5, scale: 0.1, noise: 0.02,
        mixup: 0.4)
    case .tested: job.data.test = 0.25
    case .bare:
      job.data.validation = .share(0)
      job.data.normalize = .none
    }
    return job
  }

  /// At another number of threads, from the start and from each checkpoint; and nothing in the run's folder has changed.
  @Test(arguments: Kind.allCases) func whatAJobGivesIsReproduced(kind: Kind) throws {
    let studio = try Studio()
    let job = job(kind, studio)
    try studio.train(job, in: "run")
    let before = try studio.content(of: "run")
    let whole = try studio.replay(job, of: "run", threads: 3)
    #expect(whole.reproduces && whole.start == nil && whole.obstacle == nil)
    #expect(try whole.steps.map(\.place.step) == CheckpointStore(run: studio.folder("run")).steps())
    #expect(try whole.comparedRows == studio.rows(of: "run").count)
    #expect(whole.account?.rows.count == 24)
    #expect(whole.steps.last?.place.stage == (kind == .tested ? .tested : .epochDone))
    for checkpoint in try studio.checkpoints(of: "run").dropLast() {
      let rest = try studio.replay(job, of: "run", from: checkpoint.step, threads: 1)
      #expect(rest.reproduces && rest.start?.step == checkpoint.step, "from \(checkpoint.step)")
      #expect(rest.steps.first?.before == checkpoint.place)
    }
    let part = try studio.replay(job, of: "run", from: whole.steps[0].place.step, to: whole.steps[1].place.step)
    #expect(part.reproduces && part.steps.map(\.place) == [whole.steps[1].place])
    #expect(try studio.content(of: "run") == before)
  }

  /// Stopped at any question: within an epoch, within a validation, between epochs.
  @Test func anInterruptedRunIsReproducedAsFarAsItGot() throws {
    let studio = try Studio()
    let job = job(.plain, studio)
    var stages: Set<RunPlace.Stage> = []
    for question in 1...11 {
      let run = "question\(question)"
      try studio.train(job, in: run, atQuestion: question)
      let found = try studio.replay(job, of: run)
      #expect(found.reproduces, "question \(question): \(found)")
      if let stage = found.steps.last?.place.stage { stages.insert(stage) }
    }
    #expect(stages == [.training, .validating(batches: 1), .validating(batches: 2), .epochDone])
  }

  /// A run that was taken up often, and whose newest checkpoints were made by the clock.
  @Test func aRunOfManyAttemptsIsReproduced() throws {
    let studio = try Studio()
    for _ in 0..<4 { try studio.train(studio.job(everySeconds: 1e-9, keep: 99), in: "run", stoppingAfter: 2) }
    let found = try studio.replay(studio.job(), of: "run")
    #expect(found.reproduces && found.steps.count == 8)
  }

  @Test func earlyStoppingIsReproduced() throws {
    let studio = try Studio()
    var job = job(.plain, studio)
    job.training = TrainingDeclaration(
      epochs: 9, batchSize: 5, seed: 3, optimizer: SGD(learningRate: 1e-9),
      earlyStopping: EarlyStopping(patience: 1, minimumChange: 0.5))
    let course = try studio.train(job, in: "run")
    #expect(course.outcome == .stoppedEarly)
    #expect(try studio.replay(job, of: "run").reproduces)
  }

  /// Rates that lead out of all bounds: the run goes back to its start, or to its best checkpoint.
  @Test(arguments: [0, 4]) func aDivergenceIsReproduced(place: Int) throws {
    let studio = try Studio()
    var job = job(.plain, studio)
    job.training = TrainingDeclaration(
      epochs: 3, batchSize: 5, seed: 3, optimizer: SGD(learningRate: place == 0 ? 2000 : 0.02, momentum: 0.9),
      schedule: place == 0 ? ConstantSchedule() : Leap(at: 6) as any Schedule,
      onDivergence: DivergenceDeclaration(reduceRate: 0.001, retries: 3))
    let course = try studio.train(job, in: "run")
    let returns = course.events.compactMap { event -> Int? in
      if case .wentBack(_, _, let place, _) = event { place.step } else { nil }
    }
    #expect(returns.first == place)
    let found = try studio.replay(job, of: "run")
    #expect(found.reproduces && found.steps.contains { $0.place.step == place && $0.place.divergences > 0 }, "\(found)")
    #expect(found.steps.allSatisfy { $0.place.divergences > 0 || $0.place.step < place })
    let rest = try studio.replay(job, of: "run", from: found.steps[1].place.step)
    #expect(rest.reproduces)
  }

  /// A finished run that was trained further, twice, with a test at the end of each part.
  @Test func extensionsAreReplayed() throws {
    let studio = try Studio()
    var job = job(.tested, studio)
    try studio.train(job, in: "run")
    for _ in 0..<2 {
      job.extensions = try Extension.adding(epochs: 1, rate: nil, to: job.extensions, of: studio.folder("run"))
      try studio.train(job, in: "run")
    }
    let found = try studio.replay(job, of: "run")
    #expect(found.reproduces && found.steps.last?.place.stage == .tested, "\(found)")
    #expect(try studio.checkpoints(of: "run").last?.state.extensions == 2)
    #expect(try found.comparedRows == studio.rows(of: "run").count)
    let rest = try studio.replay(job, of: "run", from: found.steps[1].place.step)
    #expect(rest.reproduces)
    // Somebody has changed what it was extended by.
    job.extensions[1].learningRate = 1
    #expect(try studio.replay(job, of: "run").steps.last?.reproduces == false)
    job.extensions.removeLast()
    #expect(try !studio.replay(job, of: "run").reproduces)
  }

  /// An image that was lost in the middle of the run is out for the rest of it; from there on the run can be repeated.
  @Test func aRunWithSkippedImagesIsReproducedFromThereOn() throws {
    let studio = try Studio()
    let job = studio.job(every: .steps(2), keep: 99, maximumSkipped: 0.5)
    try studio.train(job, in: "run", stoppingAfter: 4)
    try remove(studio.image("ascending", 4))
    try remove(studio.image("descending", 2))
    // Its images are listed again, and are others.
    #expect(throws: TrainingError.self) { try studio.train(job, in: "run") }
    for (name, number) in [("ascending", 4), ("descending", 2)] {
      try publish("no image", to: studio.image(name, number), .atomic)
    }
    try studio.train(job, in: "run")
    let skipped = try #require(try studio.checkpoints(of: "run").last).state.skipped
    try #require(!skipped.isEmpty)
    // From the start they are out from the first step on.
    let whole = try studio.replay(job, of: "run")
    #expect(!whole.reproduces && whole.steps.first?.fromStart?.settings.contains { $0.name == "state skipped" } == true)
    let first = try #require(try studio.checkpoints(of: "run").first { $0.state.skipped == skipped })
    #expect(try studio.replay(job, of: "run", from: first.step).reproduces)
  }

  @Test func initialWeightsArePartOfIt() throws {
    let studio = try Studio()
    try studio.train(studio.job(), in: "first")
    var job = job(.plain, studio)
    let weights = studio.folder("first/latest/model.safetensors")
    job.training = TrainingDeclaration(
      epochs: 2, batchSize: 5, seed: 3, initialFrom: .file(weights), optimizer: SGD(learningRate: 0.01))
    try studio.train(job, in: "run")
    #expect(try studio.replay(job, of: "run").reproduces)
    try studio.tamper("first", step: Studio.steps, .model)
    let found = try studio.replay(job, of: "run")
    #expect(found.obstacle?.contains("training.initialFrom") == true && found.steps.allSatisfy { !$0.reproduces })
  }

  @Test func aReplayCanBeStopped() throws {
    let studio = try Studio()
    let job = job(.plain, studio)
    try studio.train(job, in: "run")
    let replay = try Replay(of: job, studio.checkpoints(of: "run"), rows: [])
    let scratch = try TemporaryFolder()
    var asked = 0
    let found = try replay.findings(
      in: scratch.path,
      shouldStop: {
        asked += 1
        return asked == 3
      })
    #expect(found == nil && asked == 3)
  }

  @Test func whatIsNotThereCannotBeReplayed() throws {
    let studio = try Studio()
    let job = job(.plain, studio)
    try studio.train(job, in: "run")
    for (from, to) in [(3, nil), (nil, 5), (8, nil), (6, 4)] as [(Int?, Int?)] {
      #expect(throws: TrainingError.self, "\(from ?? -1) \(to ?? -1)") {
        try studio.replay(job, of: "run", from: from, to: to)
      }
    }
    try studio.damage("run", step: 4, .training)
    #expect(throws: TrainingError.self) { try studio.replay(job, of: "run", from: 4) }
  }
}
