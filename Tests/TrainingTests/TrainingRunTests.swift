import Checkpoints
import Configuration
import Datasets
import DurableFiles
import Networks
import RunFiles
import Tensors
import Testing
import Training

/// Whole runs on generated images.
@Suite struct TrainingRunTests {
  /// The project's first promise: the same job, the same bytes.
  @Test func sameBytesAtAnyNumberOfThreads() throws {
    let studio = try Studio()
    try studio.train(studio.job(threads: 1), in: "one")
    let expected = try studio.result(of: "one")
    for (run, threads) in [("again", 1), ("two", 2), ("three", 3), ("eight", 8)] {
      try studio.train(studio.job(threads: threads), in: run)
      #expect(try studio.result(of: run) == expected, "\(threads) threads")
      #expect(try studio.rows(of: run).map(\.withoutClock) == studio.rows(of: "one").map(\.withoutClock))
    }
    // The bytes are of something that was learnt.
    var losses: [Double] = []
    for case .step(let row) in try studio.rows(of: "one") { losses.append(row.loss) }
    #expect(losses.count == Studio.steps)
    #expect((losses.last ?? .nan) < (losses.first ?? .nan))
    let other = studio.job(rate: 0.0201)
    try studio.train(other, in: "other")
    #expect(try studio.result(of: "other") != expected)
  }

  /// Stopped after any step, within an epoch or between two, a run goes on as if nothing had happened.
  @Test func interruptionChangesNothing() throws {
    let studio = try Studio()
    let whole = try studio.train(studio.job(), in: "whole")
    #expect(whole.outcome == .finished && whole.resumed == nil)
    let expected = try studio.result(of: "whole")
    let rows = try studio.rows(of: "whole").map(\.withoutClock)
    #expect(rows.map(\.step) == [1, 2, 3, 4, 4, 5, 6, 7, 8, 8])
    for steps in 1..<Studio.steps {
      let run = "stopped\(steps)"
      #expect(try studio.train(studio.job(), in: run, stoppingAfter: steps).outcome == .interrupted)
      #expect(try Progress(contentsOf: studio.folder("\(run)/progress.json")).state == .interrupted)
      let second = try studio.train(studio.job(), in: run)
      #expect(second.outcome == .finished && second.resumed == steps)
      #expect(try studio.result(of: run) == expected, "after step \(steps)")
      #expect(try studio.rows(of: run).map(\.withoutClock) == rows, "after step \(steps)")
    }
  }

  @Test func interruptionAfterEveryStepChangesNothing() throws {
    let studio = try Studio()
    try studio.train(studio.job(), in: "whole")
    for step in 1..<Studio.steps {
      let course = try studio.train(studio.job(), in: "often", stoppingAfter: 1)
      #expect(course.resumed == (step == 1 ? nil : step - 1))
    }
    #expect(try studio.train(studio.job(), in: "often").resumed == Studio.steps - 1)
    #expect(try studio.result(of: "often") == studio.result(of: "whole"))
    #expect(try studio.rows(of: "often").map(\.withoutClock) == studio.rows(of: "whole").map(\.withoutClock))
    #expect(
      try CheckpointStore(run: studio.folder("often")).bestStep == CheckpointStore(run: studio.folder("whole")).bestStep
    )
  }

  /// Within a validation too: three batches of training, two of validation (the fourth batch of training is followed by
  /// them, and not by a question), the end of the epoch.
  @Test func interruptionAtEveryQuestionChangesNothing() throws {
    let studio = try Studio()
    try studio.train(studio.job(), in: "whole")
    let rows = try studio.rows(of: "whole").map(\.withoutClock)
    for (question, step) in zip(1..., [1, 2, 3, 4, 4, 4, 5, 6, 7, 8, 8]) {
      let run = "question\(question)"
      #expect(try studio.train(studio.job(), in: run, atQuestion: question).outcome == .interrupted)
      let second = try studio.train(studio.job(), in: run)
      #expect(second.outcome == .finished && second.resumed == step)
      #expect(try studio.result(of: run) == studio.result(of: "whole"), "question \(question)")
      #expect(try studio.rows(of: run).map(\.withoutClock) == rows, "question \(question)")
      #expect(
        try CheckpointStore(run: studio.folder(run)).bestStep == CheckpointStore(run: studio.folder("whole")).bestStep)
    }
    #expect(try studio.train(studio.job(), in: "late", atQuestion: 12).outcome == .finished)
  }

  /// Saved within an epoch and within its validation, because the time has come.
  @Test func savingByTheClockChangesNothing() throws {
    let studio = try Studio()
    try studio.train(studio.job(), in: "whole")
    let course = try studio.train(studio.job(everySeconds: 1e-9), in: "often")
    #expect(course.saves == [1, 2, 3, 4, 4, 4, 5, 6, 7, 8, 8, 8])
    #expect(try studio.result(of: "often") == studio.result(of: "whole"))
    let rarely = try studio.train(studio.job(every: .epochs(9), everySeconds: 86_400), in: "rarely")
    #expect(rarely.saves.last == Studio.steps && !rarely.saves.contains(3))
  }

  /// Killed after the epoch's row was written and before its end was saved: the newest checkpoint is of the validation.
  @Test func theRowOfAnEpochIsNotTwice() throws {
    let studio = try Studio()
    try studio.train(studio.job(), in: "whole")
    #expect(throws: TrainingError.self) {
      let record = RunRecord(in: studio.folder("killed"), title: "killed")
      var run = try TrainingRun(studio.job(everySeconds: 1e-9), in: studio.folder("killed")) {
        (event) throws(TrainingError) in
        try record.record(event)
        if case .finishedEpoch = event { throw .busy("killed") }
      }
      _ = try run.run { false }
    }
    #expect(try studio.rows(of: "killed").map(\.step) == [1, 2, 3, 4, 4])
    #expect(try studio.train(studio.job(), in: "killed").resumed == 4)
    #expect(try studio.rows(of: "killed").map(\.withoutClock) == studio.rows(of: "whole").map(\.withoutClock))
    #expect(try studio.result(of: "killed") == studio.result(of: "whole"))
  }

  /// Killed rather than stopped: rows of steps after the checkpoint are there, and must not be twice.
  @Test func rowsBeyondTheCheckpointAreReplaced() throws {
    let studio = try Studio()
    try studio.train(studio.job(), in: "whole")
    try studio.train(studio.job(keep: 9), in: "killed", stoppingAfter: 7)
    let store = CheckpointStore(run: studio.folder("killed"))
    for step in try store.steps() where step > 3 { try removeTree(store.path(of: step)) }
    let course = try studio.train(studio.job(), in: "killed")
    #expect(course.resumed == 3)
    #expect(try studio.rows(of: "killed").map(\.withoutClock) == studio.rows(of: "whole").map(\.withoutClock))
    #expect(try studio.result(of: "killed") == studio.result(of: "whole"))
  }

  @Test func damagedCheckpointIsPassedOver() throws {
    let studio = try Studio()
    try studio.train(studio.job(), in: "whole")
    try studio.train(studio.job(), in: "damaged", stoppingAfter: 7)
    let path = CheckpointStore(run: studio.folder("damaged")).path(of: 7) + "/model.safetensors"
    var bytes = try readFile(path, limit: 1 << 20)
    bytes[bytes.count - 3] ^= 1
    try publish(bytes, to: path)
    let course = try studio.train(studio.job(), in: "damaged")
    #expect(course.damages == 1 && course.resumed == 6)
    #expect(try studio.result(of: "damaged") == studio.result(of: "whole"))
    #expect(try studio.rows(of: "damaged").map(\.withoutClock) == studio.rows(of: "whole").map(\.withoutClock))
    #expect(studio.folder.names("damaged/checkpoints").contains("00000007.damaged"))
  }

  /// Whatever is damaged in whichever file of the newest checkpoint, the run ends with the same bytes.
  @Test func anyDamageOfTheNewestChangesNothing() throws {
    let studio = try Studio()
    try studio.train(studio.job(), in: "whole")
    let random = CounterRandom(seed: 9, stream: 0)
    for number in 0..<24 {
      let run = "damaged\(number)"
      try studio.train(studio.job(every: .steps(1)), in: run, stoppingAfter: 5)
      let file = ["model", "training"][number % 2]
      let path = CheckpointStore(run: studio.folder(run)).path(of: 5) + "/\(file).safetensors"
      var bytes = try readFile(path, limit: 1 << 20)
      let place = random.index(below: bytes.count, at: UInt64(number))
      if number % 3 == 0 { bytes.removeLast(bytes.count - place) } else { bytes[place] ^= 1 << UInt8(number % 8) }
      try publish(bytes, to: path)
      let course = try studio.train(studio.job(), in: run)
      #expect(course.damages == 1 && course.resumed == 4, "\(number): \(file) at \(place)")
      #expect(try studio.result(of: run) == studio.result(of: "whole"), "\(number): \(file) at \(place)")
    }
  }

  /// The mark goes with the checkpoint that it was on, and comes back with it.
  @Test func aDamagedBestIsFoundAgain() throws {
    let studio = try Studio()
    try studio.train(studio.job(every: .steps(1), keep: 1), in: "run", stoppingAfter: 5)
    let store = CheckpointStore(run: studio.folder("run"))
    #expect(try store.bestStep == 4 && store.steps() == [4, 5])
    for step in try store.steps() { try publish("", to: store.path(of: step) + "/training.safetensors") }
    #expect(try studio.train(studio.job(), in: "run", stoppingAfter: 1).resumed == nil)
    #expect(try store.bestStep == nil)
    try studio.train(studio.job(), in: "run")
    try studio.train(studio.job(), in: "whole")
    #expect(try studio.result(of: "run") == studio.result(of: "whole"))
    #expect(try store.bestStep == CheckpointStore(run: studio.folder("whole")).bestStep)
  }

  @Test func aFinishedRunStaysFinished() throws {
    let studio = try Studio()
    try studio.train(studio.job(), in: "run")
    let (bytes, rows) = (try studio.result(of: "run"), try studio.rows(of: "run"))
    let course = try studio.train(studio.job(), in: "run")
    #expect(course.outcome == .finished && course.resumed == Studio.steps)
    #expect(try studio.result(of: "run") == bytes)
    #expect(try studio.rows(of: "run") == rows)
  }

  /// What `best` points to is the epoch with the least validation loss, and its checkpoint says so.
  @Test func bestIsTheLeastValidationLoss() throws {
    let studio = try Studio()
    try studio.train(studio.job(), in: "run")
    var epochs: [EpochRow] = []
    for case .epoch(let row) in try studio.rows(of: "run") { epochs.append(row) }
    #expect(epochs.map(\.step) == [4, 8])
    let least = epochs.min { ($0.validationLoss ?? .nan) < ($1.validationLoss ?? .nan) }
    let best = try #require(try CheckpointStore(run: studio.folder("run")).best())
    #expect(best.step == least?.step)
    #expect(best.training.metadata["validation.loss"].flatMap(Double.init) == least?.validationLoss)
  }

  /// The mark is set after the checkpoint: a crash in between is made good.
  @Test func aLostMarkIsRenewed() throws {
    let studio = try Studio()
    try studio.train(studio.job(), in: "run", stoppingAfter: 5)
    try remove(studio.folder("run/best"))
    try studio.train(studio.job(), in: "run", stoppingAfter: 1)
    #expect(try CheckpointStore(run: studio.folder("run")).bestStep == 4)
    // After the last checkpoint nothing else would renew it.
    try studio.train(studio.job(), in: "run")
    try replaceSymlink(at: studio.folder("run/latest"), to: "checkpoints/00000006")
    try studio.train(studio.job(), in: "run")
    #expect(try CheckpointStore(run: studio.folder("run")).latestStep == Studio.steps)
  }

  @Test func leavesARecord() throws {
    let studio = try Studio()
    try studio.train(studio.job(), in: "run")
    let progress = try Progress(contentsOf: studio.folder("run/progress.json"))
    #expect(progress.state == .done && progress.step == 8 && progress.steps == 8)
    #expect(progress.epoch == 2 && progress.epochs == 2 && progress.loss?.isFinite == true)
    #expect(studio.folder.text("run/loss.svg")?.hasPrefix("<svg") == true)
    #expect(studio.folder.text("run/skipped.tsv") == nil)
    // The schedule halves the rate after five steps.
    var rates: [Double] = []
    for case .step(let row) in try studio.rows(of: "run") { rates.append(row.learningRate) }
    #expect(rates == [Double](repeating: 0.02, count: 5) + [Double](repeating: 0.01, count: 3))
  }
}
