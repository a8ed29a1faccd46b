import CLinux
import Glibc

/// systemd, if it started us and wants to know how we are: the datagrams of sd_notify(3).
public struct ServiceManager: Sendable {
  /// Where it listens: a path, or a name after `@`.
  private let address: String?
  /// It restarts a daemon that has not said for so many seconds that it is alive; nil if it does not watch.
  public let watchdog: Double?

  /// What systemd puts into the environment of those it starts. Not for those whom they start.
  static let variables = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"]

  public init(environment: [String: String] = [:]) {
    address = environment["NOTIFY_SOCKET"].flatMap { $0.isEmpty ? nil : $0 }
    let isMeant = environment["WATCHDOG_PID"].map { $0 == String(getpid()) } ?? true
    let microseconds = environment["WATCHDOG_USEC"].flatMap(Double.init) ?? 0
    watchdog = isMeant && microseconds > 0 && address != nil ? microseconds / 1e6 : nil
  }

  /// Tells it that we serve.
  func ready() { send("READY=1") }

  func alive() { send("WATCHDOG=1") }

  func stopping() { send("STOPPING=1\nSTATUS=stopping: the trainers write checkpoints") }

  /// The line that `systemctl status` shows.
  func status(_ line: String) {
    send("STATUS=\(line.split(whereSeparator: \.isNewline).joined(separator: " "))")
  }

  /// A manager that does not listen is no reason to stop.
  private func send(_ text: String) {
    guard let address else { return }
    _ = linux_send_datagram(address, text, text.utf8.count)
  }
}
