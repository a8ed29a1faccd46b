import Dispatch
import Foundation
import RunFiles
import Synchronization
import Training

/// Whether somebody has asked this process to stop: by SIGTERM, by Ctrl-C, or, under the daemon, by the
/// daemon's death. A second Ctrl-C ends it at once.
///
/// The run looks here after every batch, saves and ends. How long that may take, the daemon says (`Grace`): shortly
/// before it would kill the process, the process ends by itself, and nothing is lost then but the work since the last
/// checkpoint. In the foreground a batch may take as long as it needs: whoever does not want to wait presses Ctrl-C again.
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

  /// - Parameter supervised: a daemon has started this process, and told it in the environment how it is to end.
  init(supervised: Bool) {
    let environment = ProcessInfo.processInfo.environment
    patience = supervised ? Grace(environment: environment)?.deadline : nil
    isSupervised = supervised
    for number in [SIGTERM, SIGINT] { watch(number) }
    if supervised, let descriptor = environment[Lifeline.variable].flatMap({ Int32($0) }) { watchLifeline(descriptor) }
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
    guard earlier == 0 else { return }
    if signal == SIGINT && !isSupervised {
      Console.process.complain("\nstopping after this batch; Ctrl-C again ends at once, without saving")
    }
    if let patience {
      DispatchQueue.global().asyncAfter(deadline: .now() + patience) { [self] in endUnless(.saving) }
    }
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
