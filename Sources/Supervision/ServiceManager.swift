import CLinux
import Glibc

/// Tells systemd about the daemon's state by the datagrams of sd_notify(3), if systemd started the daemon and asks for
/// them.
public struct ServiceManager: Sendable {
  /// The socket at which systemd listens: a path, or an abstract name after `@`.
  private let address: String?
  /// The watchdog's interval in seconds: systemd restarts a daemon that has been silent for so long. Nil if there is no
  /// watchdog.
  public let watchdog: Double?

  /// The variables that systemd sets for the daemon. The daemon does not pass them on to its children.
  static let variables = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"]

  public init(environment: [String: String] = [:]) {
    address = environment["NOTIFY_SOCKET"].flatMap { $0.isEmpty ? nil : $0 }
    let isMeant = environment["WATCHDOG_PID"].map { $0 == String(getpid()) } ?? true
    let microseconds = environment["WATCHDOG_USEC"].flatMap(Double.init) ?? 0
    watchdog = isMeant && microseconds > 0 && address != nil ? microseconds / 1e6 : nil
  }

  /// Tells systemd that the home is served.
  func ready() { send("READY=1") }

  func alive() { send("WATCHDOG=1") }

  func stopping() { send("STOPPING=1\nSTATUS=stopping: the trainers write checkpoints") }

  /// The line that `systemctl status` shows.
  func status(_ line: String) {
    send("STATUS=\(line.split(whereSeparator: \.isNewline).joined(separator: " "))")
  }

  /// Errors are ignored, because the daemon can work without systemd.
  private func send(_ text: String) {
    guard let address else { return }
    _ = linux_send_datagram(address, text, text.utf8.count)
  }
}
