import FoundationEssentials
import Glibc
import Logging

/// One line an event on standard error: the time of day, the level if it is more than news, the text.
struct TerminalLog: LogHandler {
  var logLevel = Logger.Level.info
  var metadata: Logger.Metadata = [:]

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let time = Date.now.formatted(Date.ISO8601FormatStyle().time(includingFractionalSeconds: false))
    let level = event.level >= .warning ? "\(event.level): " : ""
    let line = Array("\(time) \(level)\(event.message)\n".utf8)
    // One call a line, so that lines of several writers do not mix.
    _ = write(STDERR_FILENO, line, line.count)
  }
}
