import CLinux
import Glibc

/// Signals as a descriptor to poll (signalfd), instead of handlers that interrupt the program anywhere.
public final class Signals {
  package let descriptor: Int32

  /// Blocks `signals` in this thread and in all threads that it starts later, so it has to be called before any other
  /// thread is started.
  public init(_ signals: [Int32]) throws(SupervisionError) {
    var set = sigset_t()
    sigemptyset(&set)
    for signal in signals { sigaddset(&set, signal) }
    pthread_sigmask(SIG_BLOCK, &set, nil)
    descriptor = linux_signal_descriptor(&set)
    guard descriptor >= 0 else { throw .system(operation: "wait for signals", code: errno) }
  }

  deinit { close(descriptor) }

  /// The next signal that has arrived, or nil.
  package func next() -> Int32? {
    let signal = linux_next_signal(descriptor)
    return signal > 0 ? signal : nil
  }
}

/// Waits until one of the descriptors is readable or closed at its other end, for at most `timeout` seconds (nil:
/// without end). Returns all such descriptors; may return early with none.
package func waitForAny(of descriptors: [Int32], timeout: Double?) -> Set<Int32> {
  var polled = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
  // Rounded up: waking before the deadline would spin.
  let milliseconds = timeout.map { Int32(min(max($0, 0) * 1000, 1e9).rounded(.up)) } ?? -1
  guard poll(&polled, nfds_t(polled.count), milliseconds) > 0 else { return [] }
  return Set(polled.filter { $0.revents != 0 }.map(\.fd))
}

/// Seconds on the monotonic clock, which nobody sets: for deadlines.
func uptime() -> Double { seconds(CLOCK_MONOTONIC) }

/// Seconds since 1970, for people and for what outlives the process.
func wallTime() -> Double { seconds(CLOCK_REALTIME) }

private func seconds(_ clock: clockid_t) -> Double {
  var time = timespec()
  clock_gettime(clock, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
