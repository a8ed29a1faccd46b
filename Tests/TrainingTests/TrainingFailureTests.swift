import Checkpoints
import Configuration
import Datasets
import DurableFiles
import Networks
import Optimization
import Testing
import Training

/// Runs that meet bad images, bad folders and bad rates.
@Suite struct TrainingFailureTests {
  /// Cuts the first images of a class short. Of twelve, three are for validation.
  private func truncate(_ count: Int, in studio: Studio) throws {
    for number in 0..<count {
      let path = studio.image("ascending", number)
      try publish(readFile(path, limit: 1 << 20).dropLast(60).map { $0 }, to: path)
    }
  }

  /// With a survey before the first step, and met one by one.
  @Test(arguments: [DataDeclaration.Normalization.dataset, .none])
  func truncatedImagesAreSkippedAndCounted(normalize: DataDeclaration.Normalization) throws {
    let studio = try Studio()
    try truncate(6, in: studio)
    func job(threads: Int) -> TrainingJob { studio.job(normalize: normalize, maximumSkipped: 0.7, threads: threads) }
    let course = try studio.train(job(threads: 2), in: "run")
    #expect(course.outcome == .finished)
    let lines = (studio.folder.text("run/skipped.tsv") ?? "").split(separator: "\n")
    #expect(lines.first == "path\treason\tpart")
    #expect(lines.dropFirst().map { $0.split(separator: "\t")[0] } == (0..<6).map { "ascending/\($0).png" })
    let told = course.events.count { event in if case .skipped = event { true } else { false } }
    #expect(told == 6)
    for case .epoch(let row) in try studio.rows(of: "run") { #expect(row.skipped == 6) }

    // The same bytes however the work is divided, and with an interruption after any step.
    for steps in 1..<Studio.steps {
      let other = "stopped\(steps)"
      try studio.train(job(threads: 3), in: other, stoppingAfter: steps)
      try studio.train(job(threads: 3), in: other)
      #expect(try studio.result(of: other) == studio.result(of: "run"), "after step \(steps)")
      #expect(try studio.rows(of: other).map(\.withoutClock) == studio.rows(of: "run").map(\.withoutClock))
      #expect(studio.folder.text("\(other)/skipped.tsv") == studio.folder.text("run/skipped.tsv"))
    }
  }

  /// Whatever the normalization: all images are looked at before the first step, so that all bad ones are told.
  @Test(arguments: [DataDeclaration.Normalization.none, .dataset])
  func allBadImagesAreToldBeforeTheFirstStep(normalize: DataDeclaration.Normalization) throws {
    let studio = try Studio()
    try truncate(6, in: studio)
    let job = studio.job(normalize: normalize, maximumSkipped: 0.2)
    #expect {
      try studio.train(job, in: "run")
    } throws: { error in
      guard case TrainingError.data(.tooManySkipped(let images, of: 18, _)) = error else { return false }
      return images.count == 5
    }
    // The sixth is for validation, where it is one of few enough.
    let lines = (studio.folder.text("run/skipped.tsv") ?? "").split(separator: "\n")
    #expect(lines.count == 7)
    #expect(lines.contains { $0.hasSuffix("\tvalidation") })
    let account = studio.folder.text("run/data.tsv") ?? ""
    #expect(account.split(separator: "\n").count { $0.contains("\tnot usable: is cut short") } == 6)
    #expect(throws: TrainingError.self) { try studio.train(job, in: "often", stoppingAfter: 1) }
    #expect(studio.folder.text("often/skipped.tsv") == studio.folder.text("run/skipped.tsv"))
  }

  @Test func tooManyBadImagesFailTheRun() throws {
    let studio = try Studio()
    try truncate(6, in: studio)
    #expect {
      try studio.train(studio.job(maximumSkipped: 0.01), in: "run")
    } throws: { error in
      guard case TrainingError.data(let reason) = error else { return false }
      return "\(reason)".contains("ascending/") && (error as? TrainingError)?.isPermanent == true
    }
  }

  @Test func divergenceIsReportedAndKeepsTheLastCheckpoint() throws {
    let studio = try Studio()
    #expect {
      try studio.train(studio.job(rate: 1e30, every: .steps(1)), in: "run")
    } throws: { error in
      guard case TrainingError.diverged(let divergence, let step, let rate) = error else { return false }
      return step == 2 && rate == 1e30 && "\(error)".contains("learningRate") && divergence.place == .activations
    }
    let checkpoint = try #require(try CheckpointStore(run: studio.folder("run")).latest())
    #expect(checkpoint.step >= 1)
    for tensor in checkpoint.model.tensors { #expect(!tensor.values.contains { !$0.isFinite }, "\(tensor.name)") }
    #expect(try studio.rows(of: "run").last?.step == checkpoint.step)
  }

  @Test func aCheckpointOfAnotherNetworkIsRefused() throws {
    let studio = try Studio()
    try studio.train(studio.job(), in: "run", stoppingAfter: 2)
    var layers = Studio.layers
    layers[3] = Conv2d(channels: 6, kernel: Pair(3), stride: Pair(2))
    #expect {
      try studio.train(studio.job(layers), in: "run")
    } throws: { error in
      guard case TrainingError.checkpointMismatch(let what) = error else { return false }
      return what.contains("network")
    }
  }

  @Test func aCheckpointOfOtherImagesIsRefused() throws {
    let studio = try Studio()
    try studio.train(studio.job(), in: "run", stoppingAfter: 2)
    try publish(readFile(studio.image("ascending", 0), limit: 1 << 20), to: studio.image("ascending", 99))
    #expect {
      try studio.train(studio.job(), in: "run")
    } throws: { error in
      guard case TrainingError.checkpointMismatch(let what) = error else { return false }
      return what.contains("fingerprint")
    }
  }

  /// The network's shape and tensors are the same; what differs still changes the result.
  @Test func aCheckpointOfOtherSettingsIsRefused() throws {
    let studio = try Studio()
    let own = studio.job()
    try studio.train(own, in: "run", stoppingAfter: 2)
    func expect(_ setting: String, _ change: (inout TrainingJob) -> Void) {
      var other = own
      change(&other)
      #expect {
        try studio.train(other, in: "run")
      } throws: { error in
        guard case TrainingError.checkpointMismatch(let what) = error else { return false }
        return what.contains("its \(setting) is") && (error as? TrainingError)?.needsDecision == true
      }
    }
    func training(epochs: Int = 2, batchSize: Int = 5, rate: Double = 0.02, factor: Double = 0.5) -> TrainingDeclaration
    {
      TrainingDeclaration(
        epochs: epochs, batchSize: batchSize, seed: own.training.seed,
        optimizer: SGD(learningRate: rate, momentum: 0.9, weightDecay: 1e-4),
        schedule: StepSchedule(every: .steps(5), factor: factor))
    }
    expect("training.optimizer.sgd.learningRate") { $0.training = training(rate: 0.021) }
    expect("training.schedule.step.factor") { $0.training = training(factor: 0.6) }
    expect("training.epochs") { $0.training = training(epochs: 3) }
    expect("training.batchSize") { $0.training = training(batchSize: 6) }
    expect("data.augment.flip") { $0.data.augment = Augmentation(flip: .horizontal) }
    expect("data.normalize") { $0.data.normalize = .none }
    var layers = Studio.layers
    layers[2] = MaxPool2d(kernel: Pair(3), stride: Pair(4))
    expect("network[2].maxPool2d.kernel") { $0.network = Network(layers) }
    // What does not change the result may change.
    #expect(try studio.train(studio.job(every: .steps(1), keep: 7, threads: 1), in: "run").resumed == 2)
  }

  @Test func aFolderInUseIsRefused() throws {
    let studio = try Studio()
    try createDirectories(studio.folder("run"))
    let lock = try FileLock(studio.folder("run/run.lock"))
    #expect {
      try studio.train(studio.job(), in: "run")
    } throws: { error in
      guard case TrainingError.busy = error else { return false }
      return (error as? TrainingError)?.isPermanent == false
    }
    withExtendedLifetime(lock) {}
  }

  @Test func anOutputThatDoesNotFitTheLossIsRefused() throws {
    let studio = try Studio()
    #expect {
      try studio.train(studio.job([Flatten(), Linear(outputs: 2)]), in: "run")
    } throws: { error in
      guard case TrainingError.network(let problem) = error else { return false }
      return problem.layer == 1 && problem.message.contains("ends in 2")
    }
  }
}
