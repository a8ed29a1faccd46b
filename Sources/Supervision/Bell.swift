import CLinux
import Glibc

/// Wakes a loop that waits in poll(2) from another thread.
package final class Bell: Sendable {
  /// Nobody waits longer than this for a ring, in seconds: one that is lost, as no kernel should lose it, is a delay.
  package static let patience = 5.0

  /// Readable from the first ring until `silence`.
  package let descriptor: Int32

  package init() throws(SupervisionError) {
    descriptor = linux_event_descriptor()
    guard descriptor >= 0 else { throw .system(operation: "make an event descriptor", code: errno) }
  }

  deinit { close(descriptor) }

  /// Any number of threads may ring; several rings in a row are one.
  package func ring() {
    var one: UInt64 = 1
    // It fails only if the count of the rings that nobody has heard is at its end: then it rings already.
    _ = write(descriptor, &one, 8)
  }

  package func silence() {
    var count: UInt64 = 0
    // It fails only if nobody has rung.
    _ = read(descriptor, &count, 8)
  }
}
