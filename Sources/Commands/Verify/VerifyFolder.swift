import Charts
import Checkpoints
import Datasets
import DurableFiles
import RunFiles
import Training

// What else lies in a run's folder.
extension VerifiedRun {
  func skippedImages() throws -> RunCheck? {
    guard let state = newest?.state else { return nil }
    var check = RunCheck("skipped")
    let known = [Part.training: state.skipped, .validation: state.skippedValidation, .test: state.skippedTest ?? []]
    let count = known.values.reduce(0) { $0 + $1.count }
    check.say(count == 0 ? "no image" : "\(count.grouped) image\(count == 1 ? "" : "s")")
    var listedOnes: Set<ByteText> = []
    if try facts(at: folder[.skipped]) != nil {
      let text = String(decoding: try readFile(folder[.skipped], limit: 1 << 30), as: UTF8.self)
      for line in text.split(separator: "\n").dropFirst() {
        let cells = line.split(separator: "\t", omittingEmptySubsequences: false)
        guard cells.count >= 2 else {
          check.wrong("skipped.tsv has a line that is none of its own: \(line.prefix(80))", "put a copy of it back")
          continue
        }
        listedOnes.insert(ByteText("\(cells.count > 2 ? cells[2] : "")\t\(cells[0])"))
      }
    }
    var missing: [String] = []
    for (part, images) in known {
      for image in images {
        let cell = oneCell(image.name)
        let names = ["\(part.rawValue)\t\(cell)", "\t\(cell)"].map(ByteText.init)
        if names.allSatisfy({ listedOnes.remove($0) == nil }) { missing.append(image.name) }
      }
    }
    if !missing.isEmpty {
      check.wrong(
        "skipped.tsv lacks \(listed(missing.sorted())), which the newest checkpoint has",
        "put a copy of skipped.tsv back")
    }
    if !listedOnes.isEmpty {
      check.remark(
        "skipped.tsv has \(listedOnes.count.grouped) more, which the newest checkpoint does not know: they were met after it"
      )
    }
    return check
  }

  func progress() throws -> RunCheck? {
    guard try facts(at: folder[.progress]) != nil else {
      return newest == nil ? nil : .unchecked("progress", "there is no progress.json")
    }
    var check = RunCheck("progress")
    let progress: Progress
    do { progress = try Progress(contentsOf: folder[.progress]) } catch {
      guard case .malformed = error else { throw error }
      check.wrong("\(error)", "remove it: training that goes on writes it anew")
      return check
    }
    check.say("\(progress.state.rawValue), step \(progress.step.grouped) of \(progress.steps.grouped)")
    let isOver = [.done, .interrupted].contains(progress.state)
    if let newest, isOver, progress.step != newest.step {
      check.wrong(
        "it says \(progress.state.rawValue) at step \(progress.step), and the newest checkpoint is of step \(newest.step)",
        "a checkpoint is lost, or the file was edited; the same command trains what is missing")
    }
    if let epochs = job(threads: 1)?.epochs, progress.epochs > 0, progress.epochs != epochs {
      check.wrong(
        "it says \(progress.epochs) epochs, and the job \(epochs)", "one of the two was edited")
    }
    if !isOver, progress.state != .failed, !isTraining {
      check.remark("nobody trains here: the run was killed", "the same command, or the daemon, goes on with it")
    }
    return check
  }

  func history() throws -> RunCheck? {
    guard try facts(at: folder[.history]) != nil else { return nil }
    var check = RunCheck("history")
    let lines = try readFile(folder[.history], limit: 64 << 20).split(separator: UInt8(ascii: "\n"))
    let rows = lines.compactMap { WireJSON.read($0, as: HistoryRow.self) }
    check.say("\(rows.count.grouped) rows\(rows.last.map { ", the last: \($0.state)" } ?? "")")
    if rows.count < lines.count {
      check.wrong("\(lines.count - rows.count) lines are no rows", "look at them: the daemon passes over them")
    }
    for (before, row) in zip(rows, rows.dropFirst()) where row.time < before.time || row.attempt < before.attempt {
      check.remark(
        "the row of \(row.time) stands behind that of \(before.time): the clock was set, or a row was edited")
    }
    if let last = rows.last, last.state == StateFolder.done.rawValue, let newest, last.checkpoint > newest.step {
      check.wrong(
        "the job is done with a checkpoint of step \(last.checkpoint), and the newest is of step \(newest.step)",
        "a checkpoint is lost: put a copy of it back")
    }
    return check
  }

  /// Thresholds and temperatures belong to the model that they were chosen for.
  func decisions() throws -> RunCheck? {
    var check = RunCheck("decisions")
    var steps: [String] = []
    for checkpoint in checkpoints {
      let path = "\(checkpoint.path)/\(CheckpointFile.decision.rawValue)"
      guard try facts(at: path) != nil else { continue }
      steps.append("\(checkpoint.step)")
      let cure = "choose anew with `kiln evaluate --save-threshold`, or remove \(path)"
      guard let decision = Decision(try readFile(path, limit: 64 << 10)) else {
        check.wrong("step \(checkpoint.step): decision.json is none", cure)
        continue
      }
      let model = try? TensorFile(unbelieved: "\(checkpoint.path)/\(CheckpointFile.model.rawValue)")
      if let model, decision.model != model.metadata[Safetensors.checksumKey] {
        check.wrong("step \(checkpoint.step): decision.json was chosen for another model", cure)
      }
    }
    guard !steps.isEmpty else { return nil }
    check.say("of step \(listed(steps))")
    return check
  }

  /// loss.svg is made of metrics.jsonl alone.
  func curve() throws -> RunCheck? {
    guard try facts(at: folder[.lossCurve]) != nil, metrics != nil else { return nil }
    guard !isTraining, let name = newest?.metadata["job"] else {
      return .unchecked("loss curve", "it is drawn now and then while the run goes on")
    }
    var curve = ThinnedCurve()
    for row in rows { curve.append(row) }
    var check = RunCheck("loss curve", "drawn of metrics.jsonl again")
    let drawn = Array(LossCurve(curve.rows, title: name).svg().utf8)
    if try readFile(folder[.lossCurve], limit: 1 << 28) != drawn {
      check.remark(
        "loss.svg is not what this Kiln draws of metrics.jsonl: one of the two was edited, or another version drew it")
    }
    return check
  }

  func strangers() throws -> RunCheck? {
    var check = RunCheck("folder")
    var count = 0
    func look(in path: String, _ isOurs: (String) -> Bool, _ setAside: (String) -> Bool = { _ in false }) throws {
      for entry in try entries(of: path).sorted(by: { $0.bytes.lexicographicallyPrecedes($1.bytes) }) {
        count += 1
        let name = entry.name ?? String(decoding: entry.bytes, as: UTF8.self)
        let shown = path == folder.path ? name : "\(path.dropFirst(folder.path.utf8.count + 1))/\(name)"
        if entry.name != nil, isOurs(name) { continue }
        if name.hasPrefix(".") {
          guard !isTraining else { continue }
          check.remark("\(shown) is what a crash has left unfinished", "training that goes on removes it; so may you")
        } else if setAside(name) {
          check.remark("\(shown) was set aside by Kiln", "look at it, and remove it if nobody needs it")
        } else {
          check.remark("\(shown) is no file of Kiln's", nil)
        }
      }
    }
    try look(in: folder.path, { RunFile(rawValue: $0) != nil }, Self.isSetAside)
    if try facts(at: folder[.checkpoints])?.kind == .directory {
      let steps = Set((checkpoints.map(\.step) + unreadable.map(\.step)).map { ByteText(store.path(of: $0)).lastName })
      try look(in: folder[.checkpoints], { steps.contains($0) }, Self.isSetAside)
      for step in steps.sorted() {
        try look(in: "\(folder[.checkpoints])/\(step)", { CheckpointFile(rawValue: $0) != nil })
      }
    }
    check.say("\(count.grouped) names")
    return check
  }

  /// `STEP.damaged`, `best.copied-2`, `edited.yaml`, `found-in-queued.yaml`, `history.jsonl.unreadable`.
  private static func isSetAside(_ name: String) -> Bool {
    let last = name.split(separator: ".").last.map(String.init) ?? name
    let word = last.split(separator: "-").first.map(String.init) ?? last
    return ["damaged", "copied", "unreadable"].contains(word)
      || name.hasSuffix(".yaml") && (name.hasPrefix("edited") || name.hasPrefix("found-in-"))
  }
}
