import Glibc
import Testing

/// The receiving end of sd_notify(3).
final class NotifySocket {
  let descriptor: Int32

  init(path: String) {
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    var name = sockaddr_un()
    name.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: path.utf8) }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let bound = withUnsafePointer(to: &name) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
    }
    #expect(bound == 0)
  }

  deinit { close(descriptor) }

  /// Reads datagrams until one has the text; far too long a wait is a failure.
  func wait(for text: String) throws -> String {
    for _ in 0..<1000 {
      guard let datagram = next(within: 60) else { break }
      if datagram.contains(text) { return datagram }
    }
    throw TestDaemon.TimeOut(description: "no \(text)")
  }

  /// The next datagram, or nil if none comes in so many seconds.
  func next(within seconds: Double) -> String? {
    var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&polled, 1, Int32(seconds * 1000)) > 0 else { return nil }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    return String(decoding: buffer.prefix(max(count, 0)), as: UTF8.self)
  }

  /// The longest time, in seconds, between two signs of life until `condition` holds.
  func longestSilence(until condition: () -> Bool) throws -> Double {
    let clock = ContinuousClock()
    let start = clock.now
    var last = clock.now
    var longest = 0.0
    while !condition() {
      guard clock.now - start < .seconds(120) else { throw TestDaemon.TimeOut(description: "it never came") }
      let heard = next(within: 0.05) == "WATCHDOG=1"
      longest = max(longest, (clock.now - last) / .seconds(1))
      if heard { last = clock.now }
    }
    return longest
  }
}
