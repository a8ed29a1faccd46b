import DurableFiles
import Jobs

/// What the daemon shows of itself: `status.json`, `metrics.prom` and systemd's status line. Each is replaced whole: at
/// most once a second when a job changes its state, and every few seconds while a trainer works.
struct StatusBoard {
  var isStale = true
  private let spool: Spool
  private let manager: ServiceManager
  private var nextUpdate = 0.0
  private var refreshAt = Double.infinity
  private var cache = Cache()

  private static let refresh = 5.0

  init(_ spool: Spool, _ manager: ServiceManager) {
    self.spool = spool
    self.manager = manager
  }

  /// When there is something to write.
  var deadline: Double { isStale ? nextUpdate : refreshAt }

  mutating func updateIfDue(_ daemon: Daemon, now: Double) {
    guard (isStale && now >= nextUpdate) || now >= refreshAt else { return }
    nextUpdate = now + 1
    update(daemon, isServing: true)
    refreshAt = daemon.trainers.count > 0 ? now + Self.refresh : .infinity
  }

  mutating func update(_ daemon: Daemon, isServing: Bool) {
    isStale = false
    let figures = figures(of: daemon)
    let status = StatusFile(figures, isServing: isServing, isStopping: daemon.isStopping, now: wallTime())
    do {
      if let bytes = status.bytes { try publish(bytes, to: spool.status, .atomic) }
      try publish(figures.prometheus, to: spool.prometheus, .atomic)
    } catch {
      daemon.log.error("\(error)")
    }
    if !daemon.isStopping { manager.status(figures.line) }
  }

  private mutating func figures(of daemon: Daemon) -> Figures {
    var figures = Figures()
    figures.counts = daemon.counts
    figures.troubles = daemon.troubles
    figures.isDraining = daemon.isDraining
    figures.freeBytes = try? freeSpace(at: spool.home)
    figures.cacheBytes = cache.bytes(in: spool.cache, now: uptime())
    let running = daemon.jobs.values.filter { $0.state.folder == .running }.sorted { $0.id < $1.id }
    figures.running = running.map { job in
      Figures.Running(
        id: job.id, name: job.name, attempt: job.attempts, progress: daemon.trainers.progress(of: job.id),
        checkpointAge: spool.newestCheckpointTime(of: job.id).map { wallTime() - $0 },
        skippedImages: spool.skippedImages(of: job.id))
    }
    return figures
  }

  /// The size of a folder of many files, looked at once a minute.
  private struct Cache {
    private var known: Int?
    private var again = 0.0

    mutating func bytes(in folder: String, now: Double) -> Int? {
      if now >= again { (known, again) = (try? Self.size(of: folder), now + 60) }
      return known
    }

    private static func size(of folder: String) throws(FileError) -> Int {
      guard try facts(at: folder) != nil else { return 0 }
      var sum = 0
      for entry in try entries(of: folder) {
        guard let name = entry.name else { continue }
        let path = "\(folder)/\(name)"
        sum += entry.kind == .directory ? try size(of: path) : try facts(at: path)?.size ?? 0
      }
      return sum
    }
  }
}
