import DurableFiles
import RunFiles
import Training

/// What follows from a replay: a pure function of what it has found.
struct ReplayVerdict {
  let findings: ReplayFindings
  /// Steps of checkpoints whose checksums are wrong.
  let damaged: Set<Int>
  /// Images that were written since the run began.
  let modified: Set<ByteText>

  var check: RunCheck {
    var check = RunCheck("replay", summary)
    if let obstacle = findings.obstacle {
      check.wrong("it could not be done to its end: \(obstacle)", Self.cure(of: obstacle))
    }
    for (index, step) in findings.steps.enumerated() where step.fromStart != nil && !step.reproduces && !step.follows {
      judge(step, next: index + 1 < findings.steps.count ? findings.steps[index + 1] : nil, &check)
    }
    if let last = findings.steps.last, !last.reproduces, last.follows {
      check.remark("all that comes later follows from that: the run ends with another result than its job gives")
    }
    judgeRows(&check)
    return check
  }

  private var summary: String {
    let range = "\(findings.start?.description ?? "the start") to \(findings.steps.last?.place.description ?? "it")"
    let (steps, rows) = (findings.steps.count, findings.comparedRows)
    let compared =
      "\(steps.grouped) checkpoint\(steps == 1 ? "" : "s"), \(rows.grouped) row\(rows == 1 ? "" : "s")"
    return findings.reproduces ? "\(range): \(compared), every bit the same" : "\(range): \(compared)"
  }

  private static func cure(of obstacle: String) -> String {
    if obstacle.contains("data.fingerprint") { return "put the images back as they were; `data` above names them" }
    if obstacle.contains("the job is not the run's") { return "put job.yaml back as it was" }
    if obstacle.contains("earlier Kiln") { return "replay it with the version that trained it" }
    return "begin behind that place with --from, or find out by the checkpoints above"
  }

  private func judge(_ step: ReplayFindings.Step, next: ReplayFindings.Step?, _ check: inout RunCheck) {
    let before = step.before?.description ?? "the start"
    let difference = (step.fromBefore ?? step.fromStart)?.text(most: 3) ?? ""
    let text = "\(step.place) does not follow from \(before): \(difference)"
    let isDamaged = damaged.contains(step.place.step)
    if next?.reproduces == true {
      let cause =
        isDamaged
        ? "its checksum is wrong too: the disk, or a hand"
        : "its checksum is right: it was changed by somebody who set that right, or in a faulty memory as it was written"
      check.wrong(
        "\(text). Training had gone on from another one, because \(next?.place.description ?? "") is what the job gives: only "
          + "this checkpoint is wrong; \(cause)", "put a copy of it back, or take another checkpoint")
    } else if next?.follows == true {
      check.wrong(
        "\(text). \(next?.place.description ?? "") follows from it, so that training went on from what is there: the run parts "
          + "from its job between \(before) and \(step.place)\(place(of: step.row))",
        "the causes that are left: other images, a faulty memory, another arithmetic (processor, version of Kiln), or a hand "
          + "before the run went on")
    } else if let next {
      let also =
        next.fromBefore == nil ? "is not what the job gives either" : "follows neither from it nor from the job"
      check.wrong(
        "\(text). \(next.place) \(also)\(place(of: step.row))",
        "other images or another arithmetic show in every step; several changed checkpoints do, too")
    } else {
      check.wrong(
        "\(text)"
          + (step.row == nil && findings.rows.isEmpty
            ? ". All rows of metrics.jsonl up to it are the replay's: it was changed afterwards"
              + (isDamaged ? " (its checksum is wrong)" : ", and its checksum set right, or in its last step")
            : place(of: step.row)),
        "put a copy of it back, or train anew")
    }
    nameCauses(step, &check)
  }

  /// Where within the stretch, by the rows.
  private func place(of row: RowDifference?) -> String {
    row.map { "; the first row that differs is that of \($0.name): \($0.text)" } ?? ""
  }

  private func nameCauses(_ step: ReplayFindings.Step, _ check: inout RunCheck) {
    let settings = (step.fromBefore ?? step.fromStart)?.settings ?? []
    if settings.contains(where: { $0.name.hasPrefix("state statistics") }) {
      check.remark(
        "the pixels of the training images have another mean than when the run began: an image has other content, or is "
          + "decoded otherwise",
        "--from a checkpoint begins with the mean of then, and finds the step that shows the image")
    }
    guard !step.images.isEmpty, let row = step.row else { return }
    let suspects = step.images.filter { modified.contains(ByteText($0)) }
    check.remark(
      "the batch of \(row.name) has the images \(listed(step.images, most: 16))"
        + (suspects.isEmpty ? "" : "; written since the run began: \(listed(suspects))"),
      suspects.isEmpty ? nil : "put those images back as they were")
  }

  private func judgeRows(_ check: inout RunCheck) {
    guard let first = findings.rows.first else { return }
    guard findings.steps.allSatisfy(\.reproduces) else {
      return check.remark(
        "\(findings.rows.count.grouped) of \(findings.comparedRows.grouped) rows of metrics.jsonl are others, the first that of "
          + first.name)
    }
    for row in findings.rows.prefix(5) {
      check.wrong(
        "metrics.jsonl, \(row.name): \(row.text)",
        "every checkpoint is right, so that the row was edited: put a copy back")
    }
    if findings.rows.count > 5 { check.wrong("so are \((findings.rows.count - 5).grouped) more rows") }
  }
}
