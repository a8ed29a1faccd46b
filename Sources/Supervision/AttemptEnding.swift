import Glibc
package import Jobs

/// The exit statuses that a trainer gives a meaning to (sysexits.h).
private enum ExitStatus {
  static let refusals: Set<Int32> = [64, 65, 66]
  static let tryAgain: Int32 = 75
}

extension AttemptEnd {
  /// What the end of a trainer means for its job.
  ///
  /// - Parameters:
  ///   - status: nil if it was not our child.
  ///   - report: the text that the trainer left in `error.txt`.
  package init(_ status: WaitStatus?, report: String?) {
    self =
      switch status {
      case nil: .unseen
      case .exited(0): .done
      case .exited(ExitStatus.tryAgain): .interrupted
      case .exited(let code) where ExitStatus.refusals.contains(code):
        .refused(report ?? "the trainer ended with status \(code) and did not say why; see train.log")
      case .exited(let code): .crashed("the trainer ended with status \(code): \(report ?? "see train.log")")
      case .signalled(SIGKILL): .crashed("the trainer was killed (SIGKILL: out of memory, or by hand)")
      case .signalled(let signal): .crashed("the trainer died of signal \(signal), \(Self.name(of: signal))")
      }
  }

  private static func name(of signal: Int32) -> String {
    strsignal(signal).map { String(cString: $0).lowercased() } ?? "an unknown one"
  }
}
