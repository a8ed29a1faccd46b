import Glibc

/// Tells what happens in some folders, through inotify.
package final class Watcher {
  package enum Notice: Hashable {
    /// Somebody finished writing the file, or moved it here.
    case finished(folder: String, name: String)
    /// The name is new; the file may be in the making. Links, pipes and folders give nothing more than this.
    case appeared(folder: String, name: String)
    case removed(folder: String, name: String)
    /// Something was missed or cannot be said in text: look at everything.
    case unclear
  }

  package let descriptor: Int32
  private var folders: [Int32: String] = [:]

  /// From now on everything that happens in `folders` is noticed: look at what they hold afterwards, not before.
  package init(_ folders: [String]) throws(SupervisionError) {
    descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
    guard descriptor >= 0 else { throw .system(operation: "watch folders (inotify)", code: errno) }
    let mask = UInt32(IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_DELETE | IN_ONLYDIR)
    for folder in folders {
      let watch = inotify_add_watch(descriptor, folder, mask)
      guard watch >= 0 else { throw .system(operation: "watch \(folder)", code: errno) }
      self.folders[watch] = folder
    }
  }

  deinit { close(descriptor) }

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
      notices.append(notice(of: event, name: String(validating: name, as: UTF8.self)))
      rest = UnsafeRawBufferPointer(rebasing: rest[end...])
    }
    return notices
  }

  private func notice(of event: inotify_event, name: String?) -> Notice {
    guard event.mask & UInt32(IN_Q_OVERFLOW) == 0, let folder = folders[event.wd], let name else { return .unclear }
    if event.mask & UInt32(IN_DELETE) != 0 { return .removed(folder: folder, name: name) }
    let isFinished = event.mask & UInt32(IN_CLOSE_WRITE | IN_MOVED_TO) != 0
    return isFinished ? .finished(folder: folder, name: name) : .appeared(folder: folder, name: name)
  }
}
