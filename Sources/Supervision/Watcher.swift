package import DurableFiles
import Glibc

/// Tells what happens in some folders, through inotify.
package final class Watcher {
  /// What may happen to a name in a folder.
  package enum Happening: Hashable {
    /// The name is new; the file may still be written. Links, pipes and folders cause no further event.
    case appeared
    /// Somebody opened the file, to read or to write.
    case opened
    /// Its bytes changed.
    case modified
    /// Somebody who had opened the file for writing closed it.
    case closedByWriter
    case closedByReader
    /// The file got another name or folder. `move` is the number that the other half of the move has as well.
    case movedAway(move: UInt32)
    case movedHere(move: UInt32)
    case removed
  }

  package enum Notice: Hashable {
    case happened(Happening, folder: String, name: ByteText)
    /// Events were lost, or a name is not UTF-8: look at everything.
    case unclear
  }

  package let descriptor: Int32
  private var folders: [Int32: String] = [:]

  private static let names = UInt32(IN_CREATE | IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE | IN_ONLYDIR)
  /// The further events that tell whether somebody has a file open. IN_EXCL_UNLINK ends them for a file that has lost
  /// its name.
  private static let openings =
    UInt32(IN_OPEN | IN_MODIFY | IN_CLOSE_NOWRITE | IN_MOVED_FROM) | UInt32(IN_EXCL_UNLINK)

  /// Begins to watch. To miss nothing, look at what the folders hold afterwards, not before.
  ///
  /// - Parameter closely: folders for whose files each opening, change and closing is told too.
  package init(_ folders: [String], closely: [String] = []) throws(SupervisionError) {
    descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
    guard descriptor >= 0 else { throw .system(operation: "watch folders (inotify)", code: errno) }
    for folder in folders { try watch(folder, Self.names) }
    for folder in closely { try watch(folder, Self.names | Self.openings) }
  }

  deinit { close(descriptor) }

  private func watch(_ folder: String, _ mask: UInt32) throws(SupervisionError) {
    let watch = inotify_add_watch(descriptor, folder, mask)
    guard watch >= 0 else { throw .system(operation: "watch \(folder)", code: errno) }
    folders[watch] = folder
  }

  /// What has happened since the last call.
  package func notices() -> [Notice] {
    var notices: [Notice] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return notices }
      buffer.withUnsafeBytes { notices += parse(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }
  }

  private func parse(_ bytes: UnsafeRawBufferPointer) -> [Notice] {
    var notices: [Notice] = []
    var rest = bytes
    while rest.count >= MemoryLayout<inotify_event>.size {
      let event = rest.loadUnaligned(as: inotify_event.self)
      let end = MemoryLayout<inotify_event>.size + Int(event.len)
      let name = rest[MemoryLayout<inotify_event>.size..<end].prefix { $0 != 0 }
      if let notice = notice(of: event, name: Array(name)) { notices.append(notice) }
      rest = UnsafeRawBufferPointer(rebasing: rest[end...])
    }
    return notices
  }

  /// Nil for what nobody needs to know: that somebody listed the folder, or read a file whose name is no text.
  private func notice(of event: inotify_event, name: [UInt8]) -> Notice? {
    let isOnlyUse = event.mask & UInt32(IN_OPEN | IN_MODIFY | IN_CLOSE_NOWRITE) != 0
    if isOnlyUse && (name.isEmpty || event.mask & UInt32(IN_ISDIR) != 0) { return nil }
    guard event.mask & UInt32(IN_Q_OVERFLOW) == 0, let folder = folders[event.wd], !name.isEmpty,
      let happening = Happening(event)
    else { return .unclear }
    guard let text = String(validating: name, as: UTF8.self) else { return isOnlyUse ? nil : .unclear }
    return .happened(happening, folder: folder, name: ByteText(text))
  }
}

extension Watcher.Happening {
  fileprivate init?(_ event: inotify_event) {
    // Whether the name is a folder's does not matter.
    switch Int32(bitPattern: event.mask & ~UInt32(IN_ISDIR)) {
    case Int32(IN_CREATE): self = .appeared
    case Int32(IN_OPEN): self = .opened
    case Int32(IN_MODIFY): self = .modified
    case Int32(IN_CLOSE_WRITE): self = .closedByWriter
    case Int32(IN_CLOSE_NOWRITE): self = .closedByReader
    case Int32(IN_MOVED_FROM): self = .movedAway(move: event.cookie)
    case Int32(IN_MOVED_TO): self = .movedHere(move: event.cookie)
    case Int32(IN_DELETE): self = .removed
    default: return nil
    }
  }
}
