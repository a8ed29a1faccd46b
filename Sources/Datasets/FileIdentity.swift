import DurableFiles
import Images

/// What tells the content of a file from that of any other, and from its own at another time, without reading it.
///
/// Two contents of one file differ in the time of the last change, which the kernel sets and no program can: also where a
/// copying tool restores size and date. Only a file that has rested for a while has an identity, because a change
/// within the same tick of the file system's clock would not show.
struct FileIdentity: Sendable, Equatable {
  /// Longer than the coarsest clock of a file system, FAT's of two seconds.
  static let rest = 2.5

  private let path: String
  private let facts: FileFacts

  /// - Parameters:
  ///   - path: without links.
  ///   - rest: in seconds.
  /// - Returns: nil for a file that is missing, not regular or too fresh.
  init?(of path: String, rest: Double = rest) {
    guard let facts = try? DurableFiles.facts(at: path), facts.kind == .regular else { return nil }
    let age = fileClock() - max(facts.modified, facts.changed)
    guard Double(age) >= rest * 1e9 else { return nil }
    self.path = path
    self.facts = facts
  }

  /// Everything that decides the pixels: the file, how it is decoded, and to which size.
  var text: String {
    let file = "\(facts.size) \(facts.inode) \(facts.modified) \(facts.changed) \(path)"
    return "\(decodingVersion) \(ImagePlanes.side) \(file)"
  }
}
