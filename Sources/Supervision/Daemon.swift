import DurableFiles
import Glibc
import Jobs
public import Logging
import RunFiles

/// The daemon: one thread, one loop. Each turn waits for something to happen (a file, a signal, the end of a child, a
/// deadline), lets the pure parts decide what that means, and does it.
///
/// Work that may take long runs on two other threads: `Errands` performs one disk operation after the other, in the
/// order in which the loop gave them, and `Reception` takes in dropped files. So the loop itself never waits for a
/// disk. It tells the service manager regularly that it turns, and as long as it turns, signals and deadlines are
/// obeyed.
public final class Daemon {
  let settings: Settings
  let spool: Spool
  let log: Logger
  let paperwork: Paperwork
  let errands: Errands
  var trainers: Trainers
  /// The jobs that are not in a final state.
  var jobs: [JobID: Job] = [:]
  var counts: [StateFolder: Int] = [:]
  /// How often attempts have ended in each kind of trouble.
  var troubles: [Trouble: Int] = [:]
  /// The greatest job number that the loop has heard of.
  private(set) var greatestHeard: Int
  /// Jobs whose transition is being recorded, each with the events that have come meanwhile.
  var underway: [JobID: [Incident]] = [:]
  /// Jobs for which a trainer is being started.
  var starting: Set<JobID> = []
  /// Jobs found in `running/` at the start, as long as it is not known whether they still have a trainer.
  var unclaimed: Set<JobID> = []
  /// The unclaimed jobs that an errand is looking at.
  var claiming: Set<JobID> = []
  var claimAgainAt = 0.0
  /// Events whose transition failed (a full disk): they are tried again.
  var unsettled: [(id: JobID, event: JobEvent)] = []
  /// When the unsettled events are tried again.
  var settleAt = 0.0
  /// Jobs that are not started before a moment, on the clock of `uptime`.
  var notBefore: [JobID: Double] = [:]
  /// When the waits of deferred jobs are over, on the clock of `uptime`, which no change of the time of day affects.
  var dueAt: [JobID: Double] = [:]
  /// Nothing is started before this moment.
  var launchesPausedUntil = 0.0
  /// How long the last pause was, in seconds; 0 after a start that went well.
  var launchPause = 0.0
  var space: SpaceWatch
  /// While draining, running jobs are finished and none is started.
  var isDraining = false
  /// Whether `requests/` has been read since the start. Before that no job is started, because `requests/` may hold the
  /// order to drain.
  var knowsWishes = false
  var isReadingRequests = false
  /// A request came while `requests/` was being read.
  var areRequestsStale = false
  /// The files of requests that are being carried out.
  var requestsUnderway: Set<String> = []
  /// When requests that could not be carried out are tried again.
  var requestsAgainAt = Double.infinity
  var isStopping = false
  /// When the loop has to turn again even if nothing happens.
  var lookAgain = Double.infinity
  var board: StatusBoard
  private let watcher: Watcher
  private let reception: Reception
  private let signals: Signals
  private let lock: FileLock
  private let manager: ServiceManager
  private var aliveAt = Double.infinity

  /// Takes possession of the home: makes its folders, locks it and finishes what the last daemon left.
  ///
  /// - Throws: `SupervisionError.anotherDaemon` at once if the home is served; another one if `kiln` cannot be
  ///   executed, or if a folder of the home cannot be made, read or watched.
  public init(
    _ settings: Settings, signals: Signals, log: Logger, manager: ServiceManager = ServiceManager()
  ) throws(SupervisionError) {
    self.settings = settings
    self.manager = manager
    self.signals = signals
    self.log = log
    let spool = Spool(home: settings.home)
    self.spool = spool
    trainers = Trainers(settings)
    paperwork = Paperwork(settings: settings, spool: spool)
    guard access(settings.kiln, X_OK) == 0 else { throw .program(path: settings.kiln, code: errno) }
    lock = try Self.possession(of: spool)
    // The folders are watched before they are read, so that nothing is missed in between.
    watcher = try Watcher([spool.requests])
    let incoming = try Watcher([], closely: [spool.incoming])
    let census: Census
    do { census = try spool.recover(now: wallTime()) } catch { throw .file(error) }
    for remark in census.remarks { log.warning("\(printable(remark))") }
    errands = try Errands()
    board = StatusBoard(manager)
    space = SpaceWatch(home: settings.home, reserve: settings.reserve)
    counts = census.counts
    greatestHeard = census.greatestSequence
    reception = try Reception(settings, spool, log, census, incoming)
    for job in census.active { remember(job) }
  }

  private static func possession(of spool: Spool) throws(SupervisionError) -> FileLock {
    do {
      try spool.create()
      return try FileLock(spool.lock)
    } catch .locked(_, let holder) {
      throw .anotherDaemon(home: spool.home, holder: holder)
    } catch {
      throw .file(error)
    }
  }

  /// Serves until SIGTERM or SIGINT; then stops the trainers, puts their jobs back into the queue and returns.
  public func run() {
    log.info("serving \(settings.home): \(summary)")
    manager.ready()
    unclaimed = Set(jobs.values.filter { $0.state.folder == .running }.map(\.id))
    readRequests()
    turn(readable: [])
    while !isStopping || trainers.count > 0 || errands.underway > 0 {
      turn(readable: waitForAny(of: descriptors, timeout: deadline - uptime()))
    }
    reception.waitUntilClosed()
    takeIn()
    publish(board.figures(of: self), isServing: false)
    while errands.underway > 0 {
      _ = waitForAny(of: [errands.descriptor], timeout: Bell.patience)
      errands.deliver()
    }
    log.info("stopped: \(summary)")
  }

  private var summary: String {
    var figures = Figures()
    figures.counts = counts
    return figures.summary()
  }

  /// Tells systemd, every third of its watchdog's interval, that the loop turns. Nothing else feeds the watchdog.
  private func tellAlive(now: Double) {
    guard let watchdog = manager.watchdog else { return }
    if now >= aliveAt || aliveAt == .infinity {
      manager.alive()
      aliveAt = now + watchdog / 3
    }
    schedule(aliveAt)
  }

  private var descriptors: [Int32] {
    [signals.descriptor, watcher.descriptor, errands.descriptor, reception.descriptor] + trainers.descriptors
  }

  private var deadline: Double {
    min(trainers.deadline, lookAgain, board.deadline, errands.underway > 0 ? uptime() + Bell.patience : .infinity)
  }

  private func turn(readable: Set<Int32>) {
    let now = uptime()
    lookAgain = .infinity
    tellAlive(now: now)
    if readable.contains(signals.descriptor) { heedSignals() }
    if readable.contains(watcher.descriptor), !watcher.notices().isEmpty { readRequests() }
    errands.deliver()
    takeIn()
    heedEnds(readable, now: now)
    watchTrainers(now: now)
    trainers.killOverdue(now: now)
    settle(now: now)
    if now >= requestsAgainAt { readRequests() }
    schedule(requestsAgainAt)
    claimLeftTrainers(now: now)
    if !isStopping {
      wakeDeferred(now: now)
      startNext(now: now)
    }
    if let figures = board.takeDue(self, now: now) { publish(figures, isServing: true) }
  }

  private func publish(_ figures: Figures, isServing: Bool) {
    errands.run { [paperwork, isStopping] in
      paperwork.publish(figures, isServing: isServing, isStopping: isStopping)
    } then: { [self] error in
      board.hasWritten()
      if let error { log.error("\(error)") }
    }
  }

  private func heedSignals() {
    while let signal = signals.next() {
      log.info("\(signal == SIGINT ? "SIGINT" : "SIGTERM"): stopping")
      guard !isStopping else { continue }
      isStopping = true
      manager.stopping()
      reception.close()
      for job in jobs.values where job.state.folder == .running { apply(.stop, to: job.id) }
    }
  }

  private func takeIn() {
    let (accepted, rejected) = reception.take()
    for job in accepted {
      jobs[job.id] = job
      greatestHeard = max(greatestHeard, job.id.sequence)
    }
    counts[.queued, default: 0] += accepted.count
    if !accepted.isEmpty || counts[.rejected] != rejected { board.isStale = true }
    counts[.rejected] = rejected
  }
}
