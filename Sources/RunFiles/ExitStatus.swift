/// The exit statuses of `kiln` and `kilnd`, as sysexits.h names them. The daemon decides by a trainer's status where its
/// job goes; scripts decide by those of the other commands.
public enum ExitStatus: Int32, CaseIterable, Sendable {
  case success = 0
  /// Not of sysexits.h: what was compared differs, as `cmp`, `diff` and `git diff --exit-code` say it. Only `kiln diff` ends so,
  /// and only if it is asked to.
  case different = 1
  /// EX_USAGE: the command line is wrong.
  case usage = 64
  /// EX_DATAERR: the input is bad, and stays so. The job fails.
  case badData = 65
  /// EX_NOINPUT: there is no such file. The job fails.
  case noInput = 66
  /// EX_SOFTWARE: a bug of Kiln's own.
  case software = 70
  /// EX_OSERR: the system did not give what was asked for, which is memory.
  case system = 71
  /// EX_IOERR: a file could not be read or written, and may be another time. The job waits and goes on.
  case inputOutput = 74
  /// EX_TEMPFAIL: stopped as it was told, with everything saved; or somebody else is at work there.
  case tryAgain = 75
  /// EX_CONFIG: a person must decide. The job is held.
  case undecided = 78
}
