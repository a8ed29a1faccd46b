import CLinux
import Glibc
import RunFiles
import Synchronization
import Training
import Workers

/// Whether somebody has asked this process to stop: by SIGTERM, by Ctrl-C, or, under the daemon, by the
/// daemon's death. A second Ctrl-C ends it at once.
///
/// The run looks here after every batch, saves and ends. How long that may take, the daemon says (`Grace`): shortly
/// before it would kill the process, the process ends by itself, and nothing is lost then but the work since the last
/// checkpoint. In the foreground a batch may take as long as it needs: whoever does not want to wait presses Ctrl-C again.
///
/// One thread waits for all of that. It is our own, and not Dispatch's, which waits without end for a thread where a limit
/// of memory allows none.
final class StopRequest: Sendable {
  /// What a process that has been asked to stop ends with: the same command goes on from here.
  static let status: Int32 = 75

  private enum Phase: Int, AtomicRepresentable {
    /// Nothing is there that is worth saving.
    case preparing
    case training, saving
  }

  private let count = Atomic<Int>(0)
  private let phase = Atomic<Phase>(.preparing)
  /// Seconds that a batch, or the wait for one, may still take; nil for as long as it needs.
  private let patience: Double?
  private let isSupervised: Bool

  /// From now on SIGTERM and SIGINT end this process no longer by themselves. Call it before any thread is started.
  ///
  /// - Parameters:
  ///   - supervised: a daemon has started this process, and told it in the environment how it is to end.
  ///   - environment: the process's own.
  /// - Throws: if the system has no descriptor or no thread to give.
  init(supervised: Bool, environment: [String: String]) throws(StopError) {
    patience = supervised ? Grace(environment: environment)?.deadline : nil
    isSupervised = supervised
    let lifeline = supervised ? environment[Lifeline.variable].flatMap { Int32($0) } : nil
    var set = sigset_t()
    sigemptyset(&set)
    for number in [SIGTERM, SIGINT] { sigaddset(&set, number) }
    pthread_sigmask(SIG_BLOCK, &set, nil)
    let signals = linux_signal_descriptor(&set)
    guard signals >= 0 else { throw StopError(code: errno) }
    guard startThread({ [self] in watch(signals, lifeline) }) else { throw StopError(code: EAGAIN) }
  }

  var isRequested: Bool { count.load(ordering: .relaxed) > 0 }

  /// Keeps track of what the run is at.
  func heed(_ event: TrainingEvent) {
    switch event {
    case .started, .saved: phase.store(.training, ordering: .relaxed)
    case .saving: phase.store(.saving, ordering: .relaxed)
    default: break
    }
  }

  /// Waits for signals, for the end of the lifeline, and then for the deadline, as long as the process lives.
  private func watch(_ signals: Int32, _ lifeline: Int32?) {
    var lifeline = lifeline
    var deadline: ContinuousClock.Instant?
    while true {
      var polled = [signals, lifeline ?? -1].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
      let rest = deadline.map { Int32((max(0, ($0 - .now) / .milliseconds(1))).rounded(.up)) }
      poll(&polled, nfds_t(polled.count), rest ?? -1)
      while case let signal = linux_next_signal(signals), signal > 0 { request(signal) }
      if polled[1].revents != 0 && isAtItsEnd(polled[1].fd) {
        lifeline = nil
        request(nil)
      }
      if let moment = deadline, .now >= moment {
        endUnless(.saving)
        deadline = .now + .seconds(86_400)
      } else if deadline == nil, isRequested, let patience {
        deadline = .now + .seconds(patience)
      }
    }
  }

  private func isAtItsEnd(_ lifeline: Int32) -> Bool {
    var byte: UInt8 = 0
    return read(lifeline, &byte, 1) <= 0
  }

  private func request(_ signal: Int32?) {
    let earlier = count.add(1, ordering: .relaxed).oldValue
    if signal == SIGINT && earlier > 0 { _exit(128 + SIGINT) }
    endUnless(.training, .saving)
    if signal == SIGINT && !isSupervised {
      Console.process.complain("\nstopping after this batch; Ctrl-C again ends at once, without saving")
    }
  }

  private func endUnless(_ phases: Phase...) {
    if !phases.contains(phase.load(ordering: .relaxed)) { _exit(Self.status) }
  }
}

/// The system does not give what it takes to hear that this process is to stop.
struct StopError: Error, CustomStringConvertible {
  /// An errno.
  let code: Int32

  var description: String {
    "cannot listen for the signals that stop a run: \(String(cString: strerror(code))); raise the limits of memory, "
      + "threads or open files"
  }
}
