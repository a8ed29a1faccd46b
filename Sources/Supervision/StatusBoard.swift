import DurableFiles
import Jobs
import RunFiles

/// What the daemon shows of itself: `status.json`, `metrics.prom` and systemd's status line. Each is replaced whole: at
/// most once a second when a job changes its state, and every few seconds while a trainer works. An errand reads from
/// the disk what they need, and writes them.
struct StatusBoard {
  var isStale = true
  private let manager: ServiceManager
  private var nextUpdate = 0.0
  private var refreshAt = Double.infinity
  private var isWriting = false
  /// The bytes in the cache, as a trainer last reported them.
  private var cacheBytes: Int?

  /// Seconds between updates while a trainer works.
  private static let refresh = 5.0

  init(_ manager: ServiceManager) {
    self.manager = manager
  }

  /// When there is something to write.
  var deadline: Double { isWriting ? .infinity : isStale ? nextUpdate : refreshAt }

  /// The figures to be written now; nil if it is not time yet.
  mutating func takeDue(_ daemon: Daemon, now: Double) -> Figures? {
    guard !isWriting, (isStale && now >= nextUpdate) || now >= refreshAt else { return nil }
    nextUpdate = now + 1
    refreshAt = daemon.trainers.count > 0 ? now + Self.refresh : .infinity
    return figures(of: daemon)
  }

  /// The figures to be written, whether or not it is time. `hasWritten` is to be called afterwards.
  mutating func figures(of daemon: Daemon) -> Figures {
    (isStale, isWriting) = (false, true)
    var figures = Figures()
    figures.counts = daemon.counts
    figures.troubles = daemon.troubles
    figures.isDraining = daemon.isDraining
    let running = daemon.jobs.values.filter { $0.state.folder == .running }.sorted { $0.id < $1.id }
    figures.running = running.map { job in
      Figures.Running(
        id: job.id, name: job.name, attempt: job.attempts, progress: daemon.trainers.progress(of: job.id),
        checkpointAge: nil, skippedImages: 0)
    }
    // Each trainer knows only what it has found and added itself, so the greatest report is the nearest.
    cacheBytes = figures.running.compactMap { $0.progress?.cacheBytes }.max() ?? cacheBytes
    figures.cacheBytes = cacheBytes
    if !daemon.isStopping { manager.status(figures.line) }
    return figures
  }

  mutating func hasWritten() { isWriting = false }
}

extension Paperwork {
  /// Completes figures by what is on the disk, and writes them.
  func publish(_ figures: Figures, isServing: Bool, isStopping: Bool) -> FileError? {
    var figures = figures
    let now = wallTime()
    figures.freeBytes = freeBytes()
    for (index, job) in figures.running.enumerated() {
      figures.running[index].checkpointAge = spool.newestCheckpointTime(of: job.id).map { now - $0 }
      figures.running[index].skippedImages = spool.skippedImages(of: job.id)
    }
    do {
      let status = StatusFile(figures, isServing: isServing, isStopping: isStopping, now: now)
      if let bytes = WireJSON.bytes(status) { try DurableFiles.publish(bytes, to: spool.status, .atomic) }
      try DurableFiles.publish(figures.prometheus, to: spool.prometheus, .atomic)
      return nil
    } catch {
      return error
    }
  }
}
