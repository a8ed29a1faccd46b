import DurableFiles
import Glibc
import Jobs
public import Logging
import RunFiles

/// The daemon: one thread, one loop. Each turn waits for something to happen (a file, a signal, the end of a child, a
/// deadline), lets the pure parts decide what that means, and does it.
public final class Daemon {
  let settings: Settings
  let spool: Spool
  let log: Logger
  let trainers: Trainers
  /// The jobs that are not in a final state.
  var jobs: [JobID: Job] = [:]
  var counts: [StateFolder: Int] = [:]
  /// How often attempts have ended in each kind of trouble.
  var troubles: [Trouble: Int] = [:]
  /// Jobs found in `running/` whose run is locked by a process that cannot be waited for.
  var unclaimed: Set<JobID> = []
  /// Events whose transition failed (a full disk): they are tried again.
  var unsettled: [(id: JobID, event: JobEvent)] = []
  /// Jobs that are not started before a moment, on the clock of `uptime`.
  var notBefore: [JobID: Double] = [:]
  /// When the waits of deferred jobs are over, on the clock of `uptime`: whatever happens to the time of day meanwhile.
  var dueAt: [JobID: Double] = [:]
  /// Nothing is started before this moment.
  var launchesPausedUntil = 0.0
  var space: SpaceWatch
  /// What runs is finished, and nothing is started.
  var isDraining = false
  /// When the unsettled events are tried again.
  var settleAt = 0.0
  /// When requests that could not be carried out are tried again.
  var requestsAgainAt = Double.infinity
  var isStopping = false
  /// A deadline for whatever has to be looked at again soon.
  var lookAgain = Double.infinity
  var board: StatusBoard
  private let watcher: Watcher
  private let intake: Intake
  private let signals: Signals
  private let lock: FileLock
  private let manager: ServiceManager
  private var aliveAt = Double.infinity

  /// Takes possession of the home: makes its folders, locks it and finishes what the last daemon left.
  ///
  /// - Throws: `SupervisionError.anotherDaemon` at once if the home is served.
  public init(
    _ settings: Settings, signals: Signals, log: Logger, manager: ServiceManager = ServiceManager()
  ) throws(SupervisionError) {
    self.settings = settings
    self.manager = manager
    self.signals = signals
    self.log = log
    spool = Spool(home: settings.home)
    trainers = Trainers(settings, spool)
    guard access(settings.kiln, X_OK) == 0 else { throw .program(path: settings.kiln, code: errno) }
    let census: Census
    do {
      try spool.create()
      lock = try FileLock(spool.lock)
      // Watched before they are read, so that nothing falls between.
      watcher = try Watcher([spool.requests], closely: [spool.incoming])
      census = try spool.recover(now: wallTime())
    } catch let error as FileError {
      if case .locked(_, let holder) = error { throw .anotherDaemon(home: settings.home, holder: holder) }
      throw .file(error)
    } catch let error as SupervisionError {
      throw error
    } catch {
      throw .system(operation: "start", code: EINVAL)
    }
    for remark in census.remarks { log.warning("\(printable(remark))") }
    intake = Intake(settings, spool, log, census)
    board = StatusBoard(spool, manager)
    space = SpaceWatch(home: settings.home, reserve: settings.reserve)
    counts = census.counts
    for job in census.active { remember(job) }
  }

  /// Serves until SIGTERM or SIGINT; then stops the trainers, puts their jobs back into the queue and returns.
  public func run() {
    log.info("serving \(settings.home): \(summary)")
    manager.ready()
    unclaimed = Set(jobs.values.filter { $0.state.folder == .running }.map(\.id))
    readRequests()
    intake.scan(now: uptime())
    turn(readable: [])
    while !isStopping || trainers.count > 0 {
      turn(readable: waitForAny(of: descriptors, timeout: deadline - uptime()))
    }
    board.update(self, isServing: false)
    log.info("stopped: \(summary)")
  }

  private var summary: String {
    var figures = Figures()
    figures.counts = counts
    return figures.summary()
  }

  /// From here, and from nowhere else, systemd hears that the loop turns.
  private func tellAlive(now: Double) {
    guard let watchdog = manager.watchdog else { return }
    if now >= aliveAt || aliveAt == .infinity {
      manager.alive()
      aliveAt = now + watchdog / 3
    }
    schedule(aliveAt)
  }

  private var descriptors: [Int32] {
    [signals.descriptor, watcher.descriptor] + trainers.descriptors + intake.descriptors
  }

  private var deadline: Double {
    min(trainers.deadline, isStopping ? .infinity : intake.deadline, lookAgain, board.deadline)
  }

  private func turn(readable: Set<Int32>) {
    let now = uptime()
    lookAgain = .infinity
    tellAlive(now: now)
    if readable.contains(signals.descriptor) { heedSignals() }
    if readable.contains(watcher.descriptor) { heedNotices(now: now) }
    for (id, end) in trainers.takeEnded(readable) { attemptEnded(id, end, now: now) }
    for id in trainers.takeStalled(now: now) { apply(.stalled(seconds: Int(settings.stall)), to: id) }
    trainers.killOverdue(now: now)
    settle(now: now)
    if now >= requestsAgainAt { readRequests() }
    schedule(requestsAgainAt)
    claimLeftTrainers(now: now)
    if !isStopping {
      takeIn(readable: readable, now: now)
      wakeDeferred(now: now)
      startNext(now: now)
    }
    board.updateIfDue(self, now: now)
  }

  private func heedSignals() {
    while let signal = signals.next() {
      log.info("\(signal == SIGINT ? "SIGINT" : "SIGTERM"): stopping")
      isStopping = true
      manager.stopping()
      intake.stop()
      for job in jobs.values where job.state.folder == .running { apply(.stop, to: job.id) }
    }
  }

  private func heedNotices(now: Double) {
    let notices = watcher.notices()
    intake.heed(notices, now: now)
    // Our own reading of dropped files gives notices as well.
    let isOnlyIntake = notices.allSatisfy {
      if case .happened(_, spool.incoming, _) = $0 { true } else { false }
    }
    if !isOnlyIntake { readRequests() }
  }

  private func takeIn(readable: Set<Int32>, now: Double) {
    let accepted = intake.proceed(readable: readable, now: now)
    for job in accepted { jobs[job.id] = job }
    counts[.queued, default: 0] += accepted.count
    if !accepted.isEmpty || counts[.rejected] != intake.rejected { board.isStale = true }
    counts[.rejected] = intake.rejected
  }
}
