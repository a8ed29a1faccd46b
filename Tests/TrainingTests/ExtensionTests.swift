import Checkpoints
import Configuration
import Datasets
import DurableFiles
import Networks
import Optimization
import RunFiles
import Testing
import Training

/// A finished run that is trained further.
@Suite struct ExtensionTests {
  private func job(
    _ studio: Studio, epochs: Int, schedule: any Schedule = ConstantSchedule(), earlyStopping: EarlyStopping? = nil,
    extensions: [Extension] = [], threads: Int = 2
  ) -> TrainingJob {
    var job = studio.job(threads: threads)
    job.data.test = 0.2
    job.training = TrainingDeclaration(
      epochs: epochs, batchSize: 5, seed: 3, optimizer: SGD(learningRate: 0.02, momentum: 0.9), schedule: schedule,
      earlyStopping: earlyStopping)
    job.extensions = extensions
    return job
  }

  private func model(_ studio: Studio, _ run: String) throws -> [UInt8] { try studio.result(of: run)[0] }

  /// At a constant rate a run of two epochs that is extended by two is the run of four epochs, byte for byte.
  @Test func goesOnAsIfItHadNeverEnded() throws {
    let studio = try Studio()
    try studio.train(job(studio, epochs: 4), in: "four")
    try studio.train(job(studio, epochs: 2), in: "two")
    let added = try Extension.adding(epochs: 2, rate: nil, to: [], of: studio.folder("two"))
    #expect(added == [Extension(after: 2, epochs: 2, learningRate: 0.02)])
    let course = try studio.train(job(studio, epochs: 2, extensions: added), in: "two")
    #expect(course.outcome == .finished && course.steps > 0)
    #expect(try model(studio, "two") == model(studio, "four"))
    // Both ends were tested, and no row of the first end was lost.
    let rows = try studio.rows(of: "two")
    let tests = rows.compactMap { row -> Int? in if case .test(let test) = row { test.epoch } else { nil } }
    #expect(tests == [2, 4])
    let metadata = try TensorFile(contentsOf: studio.folder("two/latest/training.safetensors")).metadata
    let words = try RunIdentity(in: metadata).words
    #expect(words.contains { $0.path == "training.extensions" && $0.value.contains("\"after\": 2") })
    #expect(metadata["epochs"] == "4")
  }

  /// Whenever it is interrupted, and at any number of threads, an extended run has the same bytes; so has one that is
  /// trained from the start with its extensions known.
  @Test func sameBytesAfterInterruptions() throws {
    let studio = try Studio()
    let schedule = StepSchedule(every: .steps(3), factor: 0.5)
    func job(_ extensions: [Extension] = [], threads: Int = 2) -> TrainingJob {
      self.job(studio, epochs: 2, schedule: schedule, extensions: extensions, threads: threads)
    }
    try studio.train(job(), in: "run")
    var extensions = try Extension.adding(epochs: 1, rate: nil, to: [], of: studio.folder("run"))
    #expect(extensions[0].learningRate < 0.02)
    try studio.train(job(extensions), in: "run")
    extensions = try Extension.adding(epochs: 1, rate: 0.01, to: extensions, of: studio.folder("run"))
    try studio.train(job(extensions), in: "run")
    let expected = try studio.result(of: "run")
    try studio.train(job(extensions, threads: 3), in: "whole")
    #expect(try studio.result(of: "whole") == expected)
    for question in stride(from: 3, to: 40, by: 4) {
      let run = "question\(question)"
      let first = try studio.train(job(extensions), in: run, atQuestion: question)
      if first.outcome == .interrupted { try studio.train(job(extensions), in: run) }
      #expect(try studio.result(of: run) == expected, "question \(question)")
    }
  }

  /// A run that had stopped early goes on from there, and may stop early again.
  @Test func anEarlyEndIsNoEndForIt() throws {
    let studio = try Studio()
    let stopping = EarlyStopping(patience: 1, minimumChange: 1000)
    try studio.train(job(studio, epochs: 9, earlyStopping: stopping), in: "run")
    let extensions = try Extension.adding(epochs: 3, rate: nil, to: [], of: studio.folder("run"))
    let after = extensions[0].after
    #expect(after < 9)
    let course = try studio.train(job(studio, epochs: 9, earlyStopping: stopping, extensions: extensions), in: "run")
    #expect(course.outcome == .stoppedEarly)
    let epochs = try studio.rows(of: "run").compactMap { row -> Int? in
      if case .epoch(let epoch) = row { epoch.epoch } else { nil }
    }
    #expect(epochs == Array(1...epochs.count) && epochs.count > after)
  }

  /// What was to be trained and never was is replaced, not added to.
  @Test func anExtensionThatNeverBeganIsForgotten() throws {
    let studio = try Studio()
    try studio.train(job(studio, epochs: 1), in: "run")
    let first = try Extension.adding(epochs: 5, rate: nil, to: [], of: studio.folder("run"))
    let second = try Extension.adding(epochs: 2, rate: 0.5, to: first, of: studio.folder("run"))
    #expect(second == [Extension(after: 1, epochs: 2, learningRate: 0.5)])
    #expect(Extension.list(try #require(Extension.bytes(second))) == second)
    for broken in ["{}", #"[{"after":2,"epochs":0,"learningRate":1,"divergences":0}]"#, "[1]"] {
      #expect(Extension.list(Array(broken.utf8)) == nil)
    }
  }

  /// Its checkpoints are of the extended run: without the list of extensions nothing goes on.
  @Test func aRunWhoseExtensionsAreMissingIsRefused() throws {
    let studio = try Studio()
    try studio.train(job(studio, epochs: 1), in: "run")
    let extensions = try Extension.adding(epochs: 1, rate: nil, to: [], of: studio.folder("run"))
    try studio.train(job(studio, epochs: 1, extensions: extensions), in: "run")
    let error = try #require(throws: TrainingError.self) { try studio.train(job(studio, epochs: 1), in: "run") }
    #expect(error.needsDecision && "\(error)".contains("extensions.json"))
    let others = [Extension(after: 1, epochs: 1, learningRate: 0.3)]
    #expect(throws: TrainingError.self) { try studio.train(job(studio, epochs: 1, extensions: others), in: "run") }
  }
}
