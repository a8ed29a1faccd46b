import DurableFiles
import Images

/// Identifies the content of a file without reading it: another file, or the same file with other content, has another
/// identity.
///
/// When a file's content changes, the kernel sets the file's time of change (ctime), which no program can set. So the
/// identity changes even if a copying tool restores size and date. Only a file that has not changed for a while has an
/// identity, because two changes within one tick of the file system's clock have the same time.
struct FileIdentity: Sendable, Equatable {
  /// In seconds: longer than a tick of the coarsest clock of a file system, FAT's of two seconds.
  static let rest = 2.5

  private let path: String
  private let facts: FileFacts

  /// - Parameters:
  ///   - path: without links.
  ///   - rest: how long the file must not have changed, in seconds.
  /// - Returns: nil for a file that is missing, not regular or too fresh.
  init?(of path: String, rest: Double = rest) {
    guard let facts = try? DurableFiles.facts(at: path), facts.kind == .regular else { return nil }
    let age = fileClock() - max(facts.modified, facts.changed)
    guard Double(age) >= rest * 1e9 else { return nil }
    self.path = path
    self.facts = facts
  }

  /// Everything that decides the pixels: the file, how it is decoded, and to which size.
  func text(_ reading: ImageReading) -> String {
    let file = "\(facts.size) \(facts.inode) \(facts.modified) \(facts.changed) \(path)"
    return "\(decodingVersion) \(reading.text) \(ImagePlanes.side) \(file)"
  }
}
