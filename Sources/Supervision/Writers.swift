package import DurableFiles

/// Which files of a folder somebody has open for writing, as far as inotify tells. A value: the caller reads the events.
///
/// Of another user's file the kernel says nothing else; a read lease is to be had for one's own alone. inotify does not
/// tell for what a file was opened. So a file counts as being written from the moment at which it is created and opened
/// in one call, or is changed while it is open, until a writer closes it or nobody has it open any more. A writer that
/// dies closes its files.
///
/// inotify makes one event of two that are alike and follow each other. Two who open one file in the same instant
/// therefore count as one, and when the reader of the two closes it, nobody seems to be left. That it was changed before
/// or is changed after shows that there was a writer too; for what is missed all the same there is the quiet period
/// (`Arrivals`).
package struct Writers: Sendable {
  private struct Use {
    /// How often the file has been opened and not yet been closed.
    var openings = 0
    /// It was created, and not yet opened: the next to open it is the one who created it.
    var isNew = false
    var isWritten = false
    /// Its bytes changed while it was open.
    var isChanged = false
    /// It was created by whoever opened it, and then only readers closed it.
    var mayHideAWriter = false
  }

  private var uses: [ByteText: Use] = [:]
  /// Files between the two halves of their move, which come one right after the other.
  private var moving: [UInt32: Use] = [:]

  package init() {}

  /// Whether somebody has the file open for writing.
  package func have(_ name: ByteText) -> Bool { uses[name]?.isWritten ?? false }

  /// Whether somebody has the file open at all.
  package func mayHave(_ name: ByteText) -> Bool { uses[name].map { $0.openings > 0 } ?? false }

  package mutating func saw(_ happening: Watcher.Happening, of name: ByteText) {
    switch happening {
    case .appeared: uses[name] = Use(isNew: true)
    case .opened: opened(name)
    case .modified: modified(name)
    case .closedByWriter: closed(name, byWriter: true)
    case .closedByReader: closed(name, byWriter: false)
    case .removed: uses[name] = nil
    case .movedAway(let move):
      // The other half never comes for a file that left the folder.
      if moving.count > 100 { moving = [:] }
      moving[move] = uses.removeValue(forKey: name)
    case .movedHere(let move): uses[name] = moving.removeValue(forKey: move)
    }
  }

  /// Events were lost: nothing is known any more.
  package mutating func forgetAll() { self = Writers() }

  /// Nobody writes it, as the kernel says.
  package mutating func forget(_ name: ByteText) { uses[name] = nil }

  private mutating func opened(_ name: ByteText) {
    var use = uses[name] ?? Use()
    use.openings += 1
    if use.isNew { (use.isNew, use.isWritten) = (false, true) }
    uses[name] = use
  }

  private mutating func modified(_ name: ByteText) {
    guard var use = uses[name] else { return }
    if use.mayHideAWriter { (use.openings, use.mayHideAWriter) = (1, false) }
    guard use.openings > 0 else { return }
    (use.isWritten, use.isChanged) = (true, true)
    uses[name] = use
  }

  private mutating func closed(_ name: ByteText, byWriter: Bool) {
    guard var use = uses[name] else { return }
    use.openings = max(0, use.openings - 1)
    if byWriter {
      (use.isWritten, use.isChanged) = (false, false)
    } else if use.openings == 0 && use.isChanged {
      use.openings = 1
    } else if use.openings == 0 {
      use.mayHideAWriter = use.mayHideAWriter || use.isWritten
      use.isWritten = false
    }
    uses[name] = use.openings == 0 && !use.isNew && !use.mayHideAWriter ? nil : use
  }
}
