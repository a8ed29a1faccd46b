/// Which files a full cache removes, and how much may then be added: a pure function of the files in the cache.
package struct CacheSweep: Equatable {
  package struct File: Equatable {
    package var name: String
    package var bytes: Int
    /// When the file was last used, in nanoseconds since 1970.
    package var used: Int64

    package init(name: String, bytes: Int, used: Int64) {
      self.name = name
      self.bytes = bytes
      self.used = used
    }
  }

  /// The names of files to remove.
  package private(set) var removed: [String] = []
  /// Bytes that may be added before the next sweep; 0 if files in use fill the cache.
  package let room: Int

  /// A sweep frees one sixteenth of the limit, so that not every new image needs a sweep.
  private static let part = 16

  /// - Parameters:
  ///   - wanted: bytes to be added at once.
  ///   - limit: for all files together.
  ///   - start: files used since then stay. The job will use them again in its next epoch: to remove one for another of
  ///     its images would gain nothing, and plain LRU would remove each image just before its turn.
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
    // Other processes add files too, so the room is looked at again after at most one portion.
    room = max(0, min(limit - total, portion))
  }
}
