import Glibc

/// What a failure says about the next try: the one decision that every part of Kiln takes from a failed system call.
///
/// The decision is taken once, at the errno, and is carried through every error that wraps it. Whoever wraps a
/// `FileError` in an error of its own offers a `kind` as well and passes this one on.
public enum FailureKind: Sendable, Equatable, Hashable, CaseIterable {
  /// The system failed, and not what was asked for: the same call may succeed another time. Nothing is recorded about
  /// the file, and the job is tried again later.
  case transient
  /// What was asked for is bad, and stays so until somebody changes it: there is no such file, it is a folder, it is
  /// too large, its owner forbids it.
  case permanent
  /// Kiln asked for something that makes no sense. Trying again is no use, and the file is not to blame.
  case ours

  /// - Parameter code: an errno of a call about a path.
  ///
  /// A code that is in neither list is transient. Of the two possible mistakes this is the harmless one: a job that
  /// waits in vain says why, but an image that is recorded as bad because the network was down is lost in silence.
  /// So the codes of a failing disk (EIO, EUCLEAN), of a lack (ENOSPC, ENOMEM, EMFILE), of a network (ESTALE,
  /// ETIMEDOUT, EKEYEXPIRED) and of a disk that was remounted for reading alone (EROFS) need no list.
  public init(code: Int32) {
    self =
      if Self.badInputs.contains(code) {
        .permanent
      } else if Self.bugs.contains(code) {
        .ours
      } else {
        .transient
      }
  }

  /// EACCES and EPERM are here because a mode lasts until its owner changes it. A network file system says EACCES also
  /// when a ticket has expired; whoever reads many files below one root should ask the root first.
  private static let badInputs: Set<Int32> = [
    ENOENT, ENOTDIR, EISDIR, ELOOP, ENAMETOOLONG, EACCES, EPERM, EEXIST, ENOTEMPTY, EXDEV, EMLINK, EFBIG, EOVERFLOW,
    EILSEQ, ENOEXEC, ESPIPE, ENOSYS, EOPNOTSUPP,
  ]

  private static let bugs: Set<Int32> = [EBADF, EFAULT, EINVAL, ESRCH, ECHILD, ENOTSOCK, ENOTTY, EDOM, ERANGE]
}

extension FileError {
  /// Whether the same call may succeed another time, and if not, whose fault that is. A lock that is held is let go
  /// some day; a file of the wrong sort or size stays as it is.
  public var kind: FailureKind {
    switch self {
    case .system(_, _, let code): FailureKind(code: code)
    case .locked: .transient
    case .notRegular, .tooLarge: .permanent
    }
  }
}
