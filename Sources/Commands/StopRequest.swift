import Dispatch
import Foundation
import Synchronization
import Training

/// Whether somebody has asked this process to stop: by SIGTERM, by Ctrl-C, or, under the daemon, by the
/// daemon's death. A second Ctrl-C ends it at once.
///
/// The run looks here after every batch, saves and ends. Where it cannot in time, the process ends by itself: nothing
/// is lost then but the work since the last checkpoint.
final class StopRequest: Sendable {
  /// What a process that has been asked to stop ends with: the same command goes on from here.
  static let status: Int32 = 75
  /// How long a batch, or the wait for one, may still take.
  private static let patience = DispatchTimeInterval.seconds(4)

  private enum Phase: Int, AtomicRepresentable {
    /// Nothing is there that is worth saving.
    case preparing
    case training, saving
  }

  private let count = Atomic<Int>(0)
  private let phase = Atomic<Phase>(.preparing)

  /// - Parameter lifeline: watch the pipe whose number is in KILN_LIFELINE_FD; its other end is the daemon's.
  init(lifeline: Bool) {
    for number in [SIGTERM, SIGINT] { watch(number) }
    if lifeline, let text = ProcessInfo.processInfo.environment["KILN_LIFELINE_FD"], let descriptor = Int32(text) {
      watchLifeline(descriptor)
    }
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

  private func request(_ signal: Int32?) {
    let earlier = count.add(1, ordering: .relaxed).oldValue
    if signal == SIGINT && earlier > 0 { _exit(128 + SIGINT) }
    endUnless(.training, .saving)
    DispatchQueue.global().asyncAfter(deadline: .now() + Self.patience) { [self] in endUnless(.saving) }
  }

  private func endUnless(_ phases: Phase...) {
    if !phases.contains(phase.load(ordering: .relaxed)) { _exit(Self.status) }
  }

  private func watch(_ number: Int32) {
    signal(number, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
    // The handler keeps its own source alive, for as long as the process lives.
    source.setEventHandler { [self] in
      _ = source
      request(number)
    }
    source.resume()
  }

  private func watchLifeline(_ descriptor: Int32) {
    let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: .global())
    source.setEventHandler { [self] in
      var byte: UInt8 = 0
      if read(descriptor, &byte, 1) <= 0 {
        source.cancel()
        request(nil)
      }
    }
    source.resume()
  }
}
