package import DurableFiles

/// Which files of a folder somebody has open for writing, as far as inotify tells. A value: the caller reads the events.
///
/// For files of other users there is no better source: a read lease can be taken on one's own files alone. inotify does
/// not tell whether a file was opened for reading or for writing. So a file counts as being written from the moment at
/// which it is created and opened in one call, or is changed while it is open, until a writer closes it or nobody has
/// it open any more. A writer that dies closes its files.
///
/// inotify merges two equal events that follow each other. So a reader and a writer that open a file at the same
/// instant count as one, and when the reader closes the file, nobody seems to be left. A change before or after that
/// close shows that there is a writer too. The quiet period (`Arrivals`) covers what is missed all the same.
package struct Writers: Sendable {
  private struct Use {
    /// How often the file has been opened and not yet been closed.
    var openings = 0
    /// The file was created and not yet opened: whoever opens it next is the one who created it.
    var isNew = false
    var isWritten = false
    /// Its bytes changed while it was open.
    var isChanged = false
    /// Its last opening was closed by a reader while it counted as being written: merged events may hide a writer.
    var mayHideAWriter = false
  }

  private var uses: [ByteText: Use] = [:]
  /// Files of whose move the first half was seen. The second half follows at once.
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

  /// To be called when the kernel says that nobody writes the file.
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
