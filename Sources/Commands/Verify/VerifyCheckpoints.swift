import Checkpoints
import DurableFiles
import RunFiles
import Training

// Both files of each checkpoint against their checksums, each other and the job's network; the links.
extension VerifiedRun {
  private static let restore =
    "put a copy of it back; without one, training that goes on sets it aside and trains its steps again"

  func checkpointFiles() throws -> RunCheck {
    var check = RunCheck("checkpoints")
    let shapes = try expectedShapes()
    for (step, reason) in unreadable { check.wrong("step \(step): \(reason)", Self.restore) }
    for checkpoint in checkpoints {
      if let damage = checkpoint.damage {
        check.wrong("step \(checkpoint.step): \(damage)", Self.restore)
        continue
      }
      let kept = try store.checkpoint(step: checkpoint.step)
      for problem in Self.problems(checkpoint, kept, shapes) {
        check.wrong(
          "step \(checkpoint.step): \(problem)", "somebody has changed it: put a copy back, or find out by --replay")
      }
      for tensor in kept.model.tensors where tensor.values.contains(where: { !$0.isFinite }) {
        check.remark("step \(checkpoint.step): \(tensor.name) has values that are not finite")
      }
    }
    let count = checkpoints.count + unreadable.count
    let whole = checkpoints.count { $0.damage == nil }
    check.say(
      count == 0
        ? "there are none yet"
        : "\(whole) of \(count) whole: step \(listed(checkpoints.map { "\($0.step)" }, most: 8))")
    return check
  }

  /// Name and shape of every tensor of the two files; nil if the job does not say.
  private func expectedShapes() throws -> (model: [String: [Int]], training: [String: [Int]])? {
    guard let manifest else { return nil }
    let plan = try manifest.plan()
    let memories = manifest.training.optimizer.memories
    func byName(_ slots: [(String, [Int])]) -> [String: [Int]] {
      Dictionary(slots, uniquingKeysWith: { first, _ in first })
    }
    return (
      model: byName((plan.parameters + plan.statistics).map { ($0.name, $0.shape) }),
      training: byName(memories.flatMap { memory in plan.parameters.map { ("\(memory).\($0.name)", $0.shape) } })
    )
  }

  private static func problems(
    _ checkpoint: KeptCheckpoint, _ kept: Checkpoint, _ shapes: (model: [String: [Int]], training: [String: [Int]])?
  ) -> [String] {
    var problems: [String] = []
    let state = checkpoint.state
    if state.step != checkpoint.step { problems.append("its state is of step \(state.step)") }
    let told = [
      ("step", "\(state.step)"), ("epoch", "\(state.position.epoch)"),
      ("mean", state.statistics.mean.map { "\($0)" }.joined(separator: " ")),
      ("deviation", state.statistics.deviation.map { "\($0)" }.joined(separator: " ")),
    ]
    for (key, value) in told {
      guard let said = checkpoint.metadata[key], said != value else { continue }
      problems.append("its metadata say \(key) \(said), its state \(value)")
    }
    let both = kept.model.metadata.filter { $0.key != Safetensors.checksumKey }
    for (key, value) in both.sorted(by: { $0.key < $1.key }) {
      guard let other = kept.training.metadata[key], other != value else { continue }
      problems.append("its two files do not agree in `\(key)`")
    }
    for (name, tensors, shapes) in [
      (CheckpointFile.model, kept.model.tensors, shapes?.model),
      (.training, kept.training.tensors, shapes?.training),
    ] {
      guard let shapes else { continue }
      let found = Dictionary(tensors.map { ($0.name, $0.shape) }, uniquingKeysWith: { first, _ in first })
      for key in Set(shapes.keys).union(found.keys).sorted() where shapes[key] != found[key] {
        let (has, needs) = (
          found[key].map { "\($0)" } ?? "not there", shapes[key].map { "\($0)" } ?? "none of that name"
        )
        problems.append("\(name.rawValue): \(key) is \(has), and the job's network has \(needs)")
      }
    }
    return problems
  }

  func link(_ name: RunFile) throws -> RunCheck {
    var check = RunCheck(name.rawValue)
    guard let wanted = name == .latest ? newest?.step : newest?.state.best?.step else {
      if try facts(at: folder[name]) != nil {
        check.wrong("\(name.rawValue) stands for a checkpoint, and no checkpoint says so", "remove the link")
      }
      check.say(name == .latest ? "there is no checkpoint" : "no epoch was validated")
      return check
    }
    let cure = "`ln -sfn checkpoints/\(ByteText(store.path(of: wanted)).lastName) \(name.rawValue)` in the run's folder"
    let what = name == .latest ? "the newest checkpoint" : "the best epoch"
    check.say("step \(wanted), \(what)")
    if try facts(at: folder[name])?.kind == .directory {
      try compareCopy(name, wanted, cure, &check)
    } else if let target = try linkTarget(at: folder[name]) {
      let right = "\(RunFile.checkpoints.rawValue)/\(ByteText(store.path(of: wanted)).lastName)"
      if ByteText(target) != ByteText(right) {
        check.wrong("it points to \(target); \(what) is step \(wanted)", cure)
      }
    } else {
      check.wrong("there is no link to \(what), step \(wanted)", cure)
    }
    if name == .best { compareBest(wanted, &check) }
    return check
  }

  /// In a run that was copied with its links followed, a folder stands for the link.
  private func compareCopy(_ name: RunFile, _ wanted: Int, _ cure: String, _ check: inout RunCheck) throws {
    for file in [CheckpointFile.model, .training] {
      let own = try readFile("\(folder[name])/\(file.rawValue)", limit: 1 << 32)
      guard try own == readFile("\(store.path(of: wanted))/\(file.rawValue)", limit: 1 << 32) else {
        check.wrong("its \(file.rawValue) is not that of step \(wanted)", "remove the folder, then \(cure)")
        continue
      }
    }
    check.remark("it is a folder instead of a link: the run was copied so; training that goes on makes a link of it")
  }

  /// Whether the best is the best of the metrics.
  private func compareBest(_ wanted: Int, _ check: inout RunCheck) {
    guard let manifest, let newest else { return }
    let figure = manifest.training.earlyStopping?.metric ?? .loss
    var best: (step: Int, value: Double)?
    for row in epochs where row.epoch <= newest.state.epochs {
      let value =
        switch figure {
        case .loss: row.validationLoss
        case .accuracy: row.validationAccuracy
        default: row.validationFigures?[figure]
        }
      guard let value, figure.isBetter(value, than: best?.value) else { continue }
      best = (row.step, value)
    }
    guard let best, best.step != wanted else { return }
    check.wrong(
      "by metrics.jsonl the best \(figure.rawValue) is that of step \(best.step), and the checkpoints say step \(wanted)",
      "one of the two was edited: --replay tells which")
  }
}
