import Charts
import DurableFiles
import Glibc
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
  /// While it prepares: images looked at, and how many there are.
  var prepared: Int?
  var toPrepare: Int?
  /// Why it is in its state, for one that failed or waits.
  var reason: String?
  /// What ended its last attempt, if that was not as it should be.
  var trouble: String?
  /// What cannot be told of it, and why: a file of its run cannot be read.
  var problem: String?

  init(_ id: JobID, in state: StateFolder, of spool: Spool) {
    self.id = id.description
    self.state = state.rawValue
    name = id.slug
    attempt = 0
    priority = 50
    do throws(FileError) {
      let (job, row) = try spool.load(id, in: state)
      name = job.name
      attempt = job.attempts
      priority = job.priority
      trouble = job.trouble?.rawValue
      if [.failed, .deferred, .held].contains(state) { reason = row?.reason }
    } catch {
      problem = "\(error)"
    }
    readProgress(spool.progress(of: id), isRunning: state == .running)
  }

  private mutating func readProgress(_ path: String, isRunning: Bool) {
    guard attempt > 0 else { return }
    let progress: Progress
    do throws(MetricsError) {
      progress = try Progress(contentsOf: path)
    } catch {
      // It is there from the first second of the first attempt on.
      if case .file(.system(_, _, ENOENT)) = error { return }
      return problem = "\(error)"
    }
    if isRunning, progress.state == .preparing { (prepared, toPrepare) = (progress.prepared, progress.toPrepare) }
    // As long as the images are looked at, nobody knows how many epochs and steps there will be.
    guard progress.epochs > 0 else { return }
    epoch = progress.epoch
    epochs = progress.epochs
    step = progress.step
    steps = progress.steps
    loss = progress.loss?.finite
    // A speed and a time left are true of a run that goes on.
    guard isRunning else { return }
    imagesPerSecond = progress.imagesPerSecond.finite
    secondsLeft = progress.secondsLeft
  }

  private var preparation: String {
    guard let prepared, let toPrepare else { return "" }
    return ", \(prepared.grouped) of \(toPrepare.grouped) images looked at"
  }

  var cells: [String] {
    [
      id, name, state + preparation,
      epoch.map { "\($0)/\(epochs ?? $0)" } ?? "", step.map { "\($0)/\(steps ?? $0)" } ?? "",
      loss.map { fixed($0, 4) } ?? "", imagesPerSecond.map { fixed($0, 1) } ?? "",
      secondsLeft.map(duration) ?? "",
    ]
  }
}
