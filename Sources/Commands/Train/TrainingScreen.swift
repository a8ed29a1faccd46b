import Charts
import Datasets
import DurableFiles
import Figures
import Foundation
import RunFiles
import Training

/// What a person sees of a run: a line for each epoch, and on a terminal one live line below.
final class TrainingScreen {
  private let name: String
  private let directory: String
  private let console: Console
  private let clock = ContinuousClock()
  private var lastShown: ContinuousClock.Instant?
  private var skipped = 0
  private var best: EpochReport?
  private var pipeline = PipelineLine()

  init(name: String, directory: String, _ console: Console) {
    self.name = printable(name)
    self.directory = directory
    self.console = console
  }

  func show(_ event: TrainingEvent, _ progress: RunFiles.Progress) {
    switch event {
    case .loaded(let account):
      print(line(account))
      live("decoding \(account.rows.count.grouped) images …")
    case .surveyed(let account):
      for remark in account.remarks { print(remark.text) }
      if account.remarks.contains(where: { !$0.paths.isEmpty }) { print("\(directory)/data.tsv has the names") }
    case .preparing(let images, let total): showPreparing(images, of: total)
    case .started(let epochs, let steps, let resumed, let bytes):
      let start = resumed.map { "goes on after step \($0.step)" } ?? "starts"
      print("\(start); \(epochs) epochs of \(steps) steps, \(bytes >> 20) MiB for the network")
    case .stepped: showProgress(progress)
    case .validating: live("epoch \(progress.epoch)/\(progress.epochs)  validating …")
    case .finishedEpoch(let epoch):
      pipeline.add(epoch)
      show(epoch, epochs: progress.epochs)
    case .testing: live("testing …")
    case .tested(let test): print("test" + line(test.evaluation.figures))
    case .skipped(let image, _):
      skipped += 1
      if skipped <= 5 { print("skipped \(printable(image.name)): \(printable(image.reason))") }
      if skipped == 6 { print("more are skipped; skipped.tsv names them all") }
    case .wentBack(let divergence, let step, let place, let reduction):
      print(
        "diverged at step \(step): \(divergence); goes back to step \(place.step), learning rates times \(reduction)")
    case .noticed(let text): print(printable(text))
    case .damaged(let text): print("a checkpoint is damaged and not used: \(text)")
    case .saving, .saved: break
    }
  }

  func end(_ outcome: TrainingOutcome) {
    clear()
    switch outcome {
    case .interrupted:
      console.print("interrupted; everything is saved in \(directory). The same command goes on from here.")
    case .finished, .stoppedEarly:
      if outcome == .stoppedEarly { console.print("stopped early: nothing became better any more") }
      if let best, let validation = best.validation {
        console.print(
          "best epoch \(best.epoch): validation loss \(fixed(validation.meanLoss, 4)), accuracy "
            + "\(fixed(100 * validation.accuracy, 1))%")
      }
      if skipped > 0 { console.print("\(skipped) images skipped, see \(directory)/skipped.tsv") }
      if let line = pipeline.text { console.print(line) }
      console.print("results are in \(directory): latest/model.safetensors, metrics.jsonl, loss.svg")
    }
  }

  /// Takes the live line away.
  func clear() {
    console.show(live: "")
  }

  private func show(_ epoch: EpochReport, epochs: Int) {
    if epoch.isBest { best = epoch }
    var line = "epoch \(padded(epoch.epoch, epochs))/\(epochs)  loss \(fixed(epoch.training.meanLoss, 4))"
    line += "  accuracy \(fixed(100 * epoch.training.accuracy, 1))%"
    if let validation = epoch.validation {
      line += "   validation loss \(fixed(validation.meanLoss, 4))  accuracy \(fixed(100 * validation.accuracy, 1))%"
      if let figures = epoch.figures { line += self.line(figures, [.f1, .rocAuc]) }
      line += epoch.isBest ? "  best" : "      "
    }
    line += "  \(fixed(epoch.imagesPerSecond, 0)) images/s"
    print(line)
  }

  private func line(
    _ figures: ClassificationFigures, _ shown: [Figure] = [.loss, .accuracy, .f1, .rocAuc]
  ) -> String {
    shown.compactMap { figure in
      figures[figure].map { value in
        switch figure {
        case .accuracy: "  accuracy \(fixed(100 * value, 1))%"
        case .rocAuc: "  AUC \(fixed(value, 3))"
        case .f1: "  F1 \(fixed(value, 3))"
        default: "  \(figure.rawValue) \(fixed(value, 4))"
        }
      }
    }.joined()
  }

  private static let mostClasses = 8

  private func line(_ account: DataAccount) -> String {
    let counts = account.counts
    let parts = [Part.training, .validation, .test].filter { part in
      part != .test || counts.contains { ($0[part] ?? 0) > 0 }
    }
    let words = [Part.training: "images to train on", .validation: "to validate", .test: "to test"]
    let totals = parts.map { part in
      "\(counts.reduce(0) { $0 + ($1[part] ?? 0) }.grouped) \(words[part] ?? "")"
    }
    let classes = zip(account.classes, counts).prefix(Self.mostClasses).map { name, count in
      "\(printable(name)) (\(parts.map { (count[$0] ?? 0).grouped }.joined(separator: " + ")))"
    }
    let rest = account.classes.count > Self.mostClasses ? ", … (\(account.classes.count) classes)" : ""
    return "\(name): \(totals.joined(separator: ", ")): \(classes.joined(separator: ", "))\(rest)"
  }

  private func showPreparing(_ images: Int, of total: Int) {
    guard console.isTerminal, isDue() else { return }
    live("decoding images: \(images.grouped) of \(total.grouped) …")
  }

  /// Whether the live line is to be written again; at most five times a second.
  private func isDue() -> Bool {
    let now = clock.now
    guard lastShown.map({ now - $0 >= .milliseconds(200) }) ?? true else { return false }
    lastShown = now
    return true
  }

  private func showProgress(_ progress: RunFiles.Progress) {
    guard console.isTerminal, isDue() else { return }
    var line = "epoch \(progress.epoch)/\(progress.epochs)  step \(progress.step)/\(progress.steps)"
    line += "  loss \(fixed(progress.loss ?? .nan, 4))  \(fixed(progress.imagesPerSecond, 0)) images/s"
    if let left = progress.secondsLeft { line += "  \(duration(left)) left" }
    live(line)
  }

  private func live(_ line: String) {
    console.show(live: line)
  }

  private func print(_ line: String) {
    clear()
    console.print(line)
  }
}

func duration(_ seconds: Int) -> String {
  switch seconds {
  case ..<60: "\(seconds) s"
  case ..<3600: "\(seconds / 60) min \(seconds % 60) s"
  default: "\(seconds / 3600) h \(seconds % 3600 / 60) min"
  }
}

private func padded(_ number: Int, _ greatest: Int) -> String {
  String(repeating: " ", count: max(0, "\(greatest)".count - "\(number)".count)) + "\(number)"
}
