import CLinux
import Glibc

/// Makes many files and folders survive a power cut.
///
/// The disk is given the bytes of all of them before the first is waited for. So the first wait includes most of the
/// work, and the others are short: on a journalling file system one entry of the journal serves for all.
///
/// - Parameters:
///   - paths: of files and folders that must be there.
///   - others: of files that may be gone, or be something else, by now.
public func synchronize(_ paths: [String], andIfThere others: [String] = []) throws(FileError) {
  for path in paths { try begin(path) }
  for path in others { try unlessGone { () throws(FileError) in try begin(path) } }
  for path in paths { try Descriptor(path, flags).sync() }
  for path in others { try unlessGone { () throws(FileError) in try Descriptor(path, flags).sync() } }
}

/// Never waits for a pipe's other end, and never leaves the folder by a link.
private let flags = O_RDONLY | O_NONBLOCK | O_NOFOLLOW

private func begin(_ path: String) throws(FileError) {
  let file = try Descriptor(path, flags)
  // It only makes the wait shorter, and folders know no such call.
  _ = linux_begin_writing(file.number)
}

/// What is wrong with a file itself is no reason to go on waiting for it.
private func unlessGone(_ body: () throws(FileError) -> Void) throws(FileError) {
  do { try body() } catch { if error.kind != .permanent && error.code != EINVAL && error.code != EROFS { throw error } }
}
