import CLinux
import Glibc

/// Lets a thread wake another one's loop, which waits in poll(2).
package final class Bell: Sendable {
  /// The longest wait for a ring, in seconds. Should a ring be lost, which no kernel should do, the loop is delayed and
  /// does not hang.
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
    // The write fails only if the counter is at its maximum. The descriptor is readable then anyway.
    _ = write(descriptor, &one, 8)
  }

  package func silence() {
    var count: UInt64 = 0
    // The read fails only if nobody has rung.
    _ = read(descriptor, &count, 8)
  }
}
