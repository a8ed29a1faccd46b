import DurableFiles
import FoundationEssentials
import Glibc
import Logging

/// For whom the log is written.
enum LogStyle: Sendable {
  /// The time of day, the level if it is more than news, the text.
  case terminal
  /// systemd's journal, which knows the time and reads the priority from `<N>` at the beginning of a line: sd-daemon(3).
  case journal

  /// The journal is meant if the standard error is the very stream that systemd says it connected: systemd.exec(5).
  init(environment: [String: String]) {
    var status = stat()
    let isOurs = fstat(STDERR_FILENO, &status) == 0
    self = isOurs && environment["JOURNAL_STREAM"] == "\(status.st_dev):\(status.st_ino)" ? .journal : .terminal
  }

  func line(_ level: Logger.Level, _ text: String, at date: Date) -> String {
    switch self {
    case .journal: return "<\(Self.priority(of: level))>\(text)\n"
    case .terminal:
      let time = date.formatted(Date.ISO8601FormatStyle().time(includingFractionalSeconds: false))
      return "\(time) \(level >= .warning ? "\(level): " : "")\(text)\n"
    }
  }

  /// The numbers of syslog(3).
  private static func priority(of level: Logger.Level) -> Int {
    switch level {
    case .trace, .debug: 7
    case .info: 6
    case .notice: 5
    case .warning: 4
    case .error: 3
    case .critical: 2
    }
  }
}

/// One line an event on standard error; its metadata follow the text as `key=value`.
struct LineLog: LogHandler {
  let style: LogStyle
  var logLevel = Logger.Level.info
  var metadata: Logger.Metadata = [:]

  init(style: LogStyle) {
    self.style = style
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let pairs = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }
    // Names from outside may hold anything: nothing in them begins a line of its own or speaks to the terminal.
    let text = printable(([event.message.description] + pairs).joined(separator: " "))
    let line = Array(style.line(event.level, text, at: .now).utf8)
    // One call a line, so that lines of several writers do not mix.
    _ = write(STDERR_FILENO, line, line.count)
  }
}
