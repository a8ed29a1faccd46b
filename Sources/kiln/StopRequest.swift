import Dispatch
import Foundation
import Synchronization

/// Whether somebody has asked this process to stop: by SIGTERM, by Ctrl-C, or, under the daemon, by the
/// daemon's death. A second Ctrl-C ends it at once.
final class StopRequest: Sendable {
  private let count = Atomic<Int>(0)

  /// - Parameter lifeline: watch the pipe whose number is in KILN_LIFELINE_FD; its other end is the daemon's.
  init(lifeline: Bool) {
    for number in [SIGTERM, SIGINT] { watch(number) }
    if lifeline, let text = ProcessInfo.processInfo.environment["KILN_LIFELINE_FD"], let descriptor = Int32(text) {
      watchLifeline(descriptor)
    }
  }

  var isRequested: Bool { count.load(ordering: .relaxed) > 0 }

  private func watch(_ number: Int32) {
    signal(number, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
    // The handler keeps its own source alive, for as long as the process lives.
    source.setEventHandler { [self] in
      _ = source
      let earlier = count.add(1, ordering: .relaxed).oldValue
      if number == SIGINT && earlier > 0 { _exit(130) }
    }
    source.resume()
  }

  private func watchLifeline(_ descriptor: Int32) {
    let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: .global())
    source.setEventHandler { [self] in
      var byte: UInt8 = 0
      if read(descriptor, &byte, 1) <= 0 {
        count.add(1, ordering: .relaxed)
        source.cancel()
      }
    }
    source.resume()
  }
}
