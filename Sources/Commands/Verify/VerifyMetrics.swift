import RunFiles
import Training

// metrics.jsonl by itself, and against the checkpoints.
extension VerifiedRun {
  private static let edited = "a row was edited or lost: --replay tells which, and what it has to say"

  func log() -> RunCheck {
    var check = RunCheck("metrics")
    guard let metrics else {
      if newest?.step ?? 0 > 0 {
        check.wrong("there is no metrics.jsonl", "put a copy of it back; nothing else has it")
      }
      check.say("there is no metrics.jsonl")
      return check
    }
    check.say("\(steps.count.grouped) steps, \(epochs.count.grouped) epochs\(tests.isEmpty ? "" : ", a test")")
    if metrics.unreadable > 0 {
      check.wrong("\(metrics.unreadable) lines are no rows", "remove them, or put a copy of the file back")
    }
    for gap in Self.gaps(steps.map(\.step), "step") + Self.gaps(epochs.map(\.epoch), "epoch") {
      check.wrong(gap, Self.edited)
    }
    // The end of the job is tested, and that of each extension.
    if tests.count > 1 + extensions.count {
      check.wrong("there are \(tests.count) rows of a test", Self.edited)
    }
    var before = 0.0
    for row in rows {
      let seconds = row.seconds
      if seconds < before {
        check.wrong("the time goes back at the row of step \(row.step): \(seconds) s after \(before) s", Self.edited)
      }
      before = max(before, seconds)
    }
    checkPlaces(&check)
    checkSums(&check)
    return check
  }

  /// What is missing, there twice or out of order in numbers that should be 1, 2, 3 …
  private static func gaps(_ numbers: [Int], _ word: String) -> [String] {
    var gaps: [String] = []
    var next = 1
    for number in numbers {
      switch number {
      case next: break
      case (next + 1)...:
        gaps.append(
          number == next + 1
            ? "the row of \(word) \(next) is missing" : "the rows of \(word)s \(next) to \(number - 1) are missing")
      default: gaps.append("the row of \(word) \(number) stands behind that of \(word) \(next - 1)")
      }
      next = max(next, number + 1)
    }
    return gaps
  }

  /// Whether rows say the epoch that their step is of.
  private func checkPlaces(_ check: inout RunCheck) {
    guard let first = epochs.first, first.epoch > 0, first.step % first.epoch == 0, first.step > 0 else { return }
    let perEpoch = first.step / first.epoch
    for row in epochs where row.step != row.epoch * perEpoch {
      check.wrong("the row of epoch \(row.epoch) says step \(row.step), not \(row.epoch * perEpoch)", Self.edited)
    }
    for row in steps where row.epoch != (row.step - 1) / perEpoch + 1 {
      check.wrong(
        "the row of step \(row.step) says epoch \(row.epoch), not \((row.step - 1) / perEpoch + 1)", Self.edited)
    }
  }

  /// An epoch's loss is the mean of its steps', each by the number of its images: an edited row shows without a replay.
  private func checkSums(_ check: inout RunCheck) {
    guard let manifest, let images = dataset?.training.count, newest?.state.skipped.isEmpty == true else { return }
    let size = manifest.training.batchSize
    let perEpoch = (images + size - 1) / size
    let losses = Dictionary(steps.map { ($0.step, $0.loss) }, uniquingKeysWith: { first, _ in first })
    for row in epochs where row.step == row.epoch * perEpoch {
      var sum = 0.0
      for batch in 0..<perEpoch {
        guard let loss = losses[row.step - perEpoch + batch + 1] else { return }
        sum += loss * Double(min(size, images - batch * size))
      }
      let mean = sum / Double(images)
      // The rows' losses are rounded by a division, some parts in 10^16 each.
      if abs(mean - row.trainLoss) > 1e-9 * max(1, abs(mean)) {
        check.wrong(
          "epoch \(row.epoch) says trainLoss \(row.trainLoss); the rows of its steps give \(mean)", Self.edited)
      }
    }
  }

  func logAgainstCheckpoints() -> RunCheck? {
    guard metrics != nil, !checkpoints.isEmpty else { return nil }
    var check = RunCheck("metrics = checkpoints", "losses, accuracies and steps of both")
    let byEpoch = Dictionary(epochs.map { ($0.epoch, $0) }, uniquingKeysWith: { first, _ in first })
    let byStep = Dictionary(epochs.map { ($0.step, $0) }, uniquingKeysWith: { first, _ in first })
    let last = steps.map(\.step).max() ?? 0
    for checkpoint in checkpoints {
      let state = checkpoint.state
      var problems: [String] = []
      if state.step > last { problems.append("metrics.jsonl ends at step \(last)") }
      if let row = byEpoch[state.position.epoch] { problems += Self.differences(checkpoint, row) }
      if state.epochs > 0, byEpoch[state.epochs] == nil {
        problems.append("epoch \(state.epochs) is done, and metrics.jsonl has no row of it")
      }
      if let best = state.best, let row = byStep[best.step],
        row.validationLoss != best.loss || row.validationAccuracy != best.accuracy
      {
        problems.append(
          "its best epoch, that of step \(best.step), has the loss \(best.loss) and the accuracy \(best.accuracy), and "
            + "metrics.jsonl says otherwise")
      }
      if state.skippedTest != nil, !tests.contains(where: { $0.step == state.step }) {
        problems.append("the network was tested, and metrics.jsonl has no row of it")
      }
      for problem in problems { check.wrong("step \(checkpoint.step): \(problem)", Self.edited) }
    }
    if let newest, newest.step < last, !isTraining {
      check.remark(
        "the rows behind step \(newest.step), up to step \(last), are beyond the newest checkpoint; training that goes on "
          + "replaces them")
    }
    return check
  }

  /// What a checkpoint's metadata say of the validation, and the row of its epoch does not.
  private static func differences(_ checkpoint: KeptCheckpoint, _ row: EpochRow) -> [String] {
    [("loss", row.validationLoss), ("accuracy", row.validationAccuracy)].compactMap { name, value in
      let said = checkpoint.metadata["validation.\(name)"].flatMap(Double.init)
      guard let said, said.bitPattern != value?.bitPattern else { return nil }
      let words = value.map { "\($0)" } ?? "nothing"
      return "its validation \(name) is \(said), the row of epoch \(row.epoch) says \(words)"
    }
  }
}

extension MetricRow {
  fileprivate var seconds: Double {
    switch self {
    case .step(let row): row.seconds
    case .epoch(let row): row.seconds
    case .test(let row): row.seconds
    }
  }
}
