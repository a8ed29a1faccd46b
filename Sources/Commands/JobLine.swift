import Charts
import DurableFiles
import Jobs
import RunFiles

/// One job as `kiln status` shows it.
struct JobLine: Encodable {
  var id: String
  var name: String
  var state: String
  var attempt: Int
  var priority: Int
  var epoch: Int?
  var epochs: Int?
  var step: Int?
  var steps: Int?
  var loss: Double?
  var imagesPerSecond: Double?
  var secondsLeft: Int?
  /// Why it is in its state, for one that failed or waits.
  var reason: String?
  /// What ended its last attempt, if that was not as it should be.
  var trouble: String?

  init(_ id: JobID, in state: StateFolder, of spool: Spool) {
    let loaded = try? spool.load(id, in: state)
    self.id = id.description
    self.state = state.rawValue
    name = loaded?.job.name ?? id.slug
    attempt = loaded?.job.attempts ?? 0
    priority = loaded?.job.priority ?? 50
    if [.failed, .deferred, .held].contains(state) { reason = loaded?.row?.reason }
    trouble = loaded?.job.trouble?.rawValue
    guard attempt > 0, let progress = try? Progress(contentsOf: spool.progress(of: id)) else { return }
    epoch = progress.epoch
    epochs = progress.epochs
    step = progress.step
    steps = progress.steps
    loss = progress.loss
    // A speed and a time left are true of a run that goes on.
    guard state == .running else { return }
    imagesPerSecond = progress.imagesPerSecond
    secondsLeft = progress.secondsLeft
  }

  var cells: [String] {
    [
      id, name, state, epoch.map { "\($0)/\(epochs ?? $0)" } ?? "", step.map { "\($0)/\(steps ?? $0)" } ?? "",
      loss.map { fixed($0, 4) } ?? "", imagesPerSecond.map { fixed($0, 1) } ?? "",
      secondsLeft.map(duration) ?? "",
    ]
  }
}
