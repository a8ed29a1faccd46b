import DurableFiles
import FoundationEssentials
import Glibc
import Jobs

/// `status.json`: what the daemon is at, for other programs. Replaced whole, at most once a second.
struct StatusBoard {
  let path: String
  var isStale = true
  private var nextUpdate = 0.0

  private struct Content: Encodable {
    var process: Int32
    var serving: Bool
    var stopping: Bool
    var updated: String
    var jobs: [String: Int]
    var running: [Running]

    struct Running: Encodable {
      var id: String
      var name: String
      var attempt: Int
    }
  }

  init(path: String) {
    self.path = path
  }

  /// When there is something to write.
  var deadline: Double { isStale ? nextUpdate : .infinity }

  mutating func updateIfDue(_ daemon: Daemon, now: Double) {
    guard isStale, now >= nextUpdate else { return }
    nextUpdate = now + 1
    update(daemon, isServing: true)
  }

  mutating func update(_ daemon: Daemon, isServing: Bool) {
    isStale = false
    let running = daemon.jobs.values.filter { $0.state.folder == .running }.sorted { $0.id < $1.id }
    let content = Content(
      process: getpid(), serving: isServing, stopping: daemon.isStopping, updated: timestamp(wallTime()),
      jobs: Dictionary(uniqueKeysWithValues: daemon.counts.map { ($0.rawValue, $1) }),
      running: running.map { .init(id: $0.id.description, name: $0.name, attempt: $0.attempts) })
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      try publish(Array(encoder.encode(content)) + [UInt8(ascii: "\n")], to: path, .atomic)
    } catch {
      daemon.log.error("\(error)")
    }
  }

  /// "2 queued, 1 running", the states in their order and the empty ones left out.
  static func summary(of counts: [StateFolder: Int]) -> String {
    let parts = StateFolder.allCases.compactMap { state in
      counts[state].flatMap { $0 > 0 ? "\($0) \(state.rawValue)" : nil }
    }
    return parts.isEmpty ? "no jobs yet" : parts.joined(separator: ", ")
  }
}
