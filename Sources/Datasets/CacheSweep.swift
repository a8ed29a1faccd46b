/// What a full cache gives up, and what may still be added: a pure function of what lies in it.
package struct CacheSweep: Equatable {
  package struct File: Equatable {
    package var name: String
    package var bytes: Int
    /// When it was last of use, in nanoseconds since 1970.
    package var used: Int64

    package init(name: String, bytes: Int, used: Int64) {
      self.name = name
      self.bytes = bytes
      self.used = used
    }
  }

  /// The names of files to remove.
  package private(set) var removed: [String] = []
  /// Bytes that may be added before the next sweep; 0 if the cache is full of what is in use.
  package let room: Int

  /// A sweep makes room for this part of the limit, so that not every image needs one.
  private static let part = 16

  /// - Parameters:
  ///   - wanted: bytes to be added at once.
  ///   - limit: for all files together.
  ///   - start: files used since then stay. What this job has used it will use again in its next epoch: to remove it for
  ///     another of its images would gain nothing, and removing the least recently used would remove each image just
  ///     before its turn.
  package init(_ files: [File], adding wanted: Int, limit: Int, keepingSince start: Int64) {
    var total = files.reduce(0) { $0 + $1.bytes }
    let portion = max(limit / Self.part, wanted)
    let goal = max(limit - portion, 0)
    if total > goal {
      for file in files.sorted(by: { ($0.used, $0.name) < ($1.used, $1.name) }) where file.used < start && total > goal
      {
        removed.append(file.name)
        total -= file.bytes
      }
    }
    // Others add too: look again before all that is free has been used.
    room = max(0, min(limit - total, portion))
  }
}
