public import DurableFiles
import Glibc
import Synchronization
public import Workers

/// `progress.json` of a run, kept up to date by whoever trains.
///
/// The run says what it is at, and that is written at most once a second. Between two words of the run hours may pass: a
/// first look at all images, a step of many packs, a validation. So a thread of this value looks once a second whether
/// work has been done since, by the ticks of the heartbeat, and if so writes the last word again with the new count. If no
/// work is done it writes nothing: the thread alone is no sign of life.
public final class ProgressFile: Sendable {
  private struct State {
    var progress: Progress
    /// The count of the heartbeat that the file has.
    var written = -1
    var writtenAt: ContinuousClock.Instant?
    var isOver = false
  }

  private let path: String
  private let heartbeat: Heartbeat
  private let state: Mutex<State>

  /// Begins with `progress`, which is written at once.
  ///
  /// - Parameters:
  ///   - path: where the file is to be. Its folder exists.
  ///   - heartbeat: ticks as the work goes on.
  public init(_ path: String, _ progress: Progress, heartbeat: Heartbeat) throws(FileError) {
    self.path = path
    self.heartbeat = heartbeat
    state = Mutex(State(progress: progress))
    try say(progress, atOnce: true)
    // Without a thread to be had, the run's own words are the only signs of life.
    startThread { [weak self] in
      while self?.copyBeat() == true { usleep(Self.interval) }
    }
  }

  /// A second, in microseconds.
  private static let interval: UInt32 = 1_000_000

  /// Notes what the run is at.
  ///
  /// - Parameter atOnce: write it now, however short a time ago the file was written.
  public func say(_ progress: Progress, atOnce: Bool) throws(FileError) {
    try state.withLock { (state) throws(FileError) in
      state.progress = progress
      if atOnce || state.writtenAt.map({ .now - $0 >= .seconds(1) }) ?? true { try write(&state) }
    }
  }

  /// Writes the last word about the run; nothing is written after it.
  public func end(_ progress: Progress) throws(FileError) {
    try state.withLock { (state) throws(FileError) in
      state.progress = progress
      state.isOver = true
      try write(&state)
    }
  }

  /// Writes the file if work has been done since it was written.
  ///
  /// - Returns: false when the run is over.
  private func copyBeat() -> Bool {
    state.withLock { state in
      if !state.isOver && heartbeat.count != state.written {
        // A failure is told by the run's next word, which meets the same disk.
        try? write(&state)
      }
      return !state.isOver
    }
  }

  private func write(_ state: inout State) throws(FileError) {
    state.writtenAt = .now
    state.progress.beat = heartbeat.count
    try state.progress.publish(to: path)
    state.written = state.progress.beat ?? -1
  }
}
