import Glibc
package import Jobs
import RunFiles

extension AttemptEnd {
  /// What the end of a trainer means for its job.
  ///
  /// - Parameters:
  ///   - status: nil if it was not our child.
  ///   - report: the text that the trainer left in `error.txt`.
  ///   - outOfMemory: whether the kernel has killed a process of the daemon's control group for want of memory since
  ///     the trainer began.
  package init(_ status: WaitStatus?, report: String?, outOfMemory: Bool = false) {
    self =
      switch status {
      case nil: .unseen
      // A shell reports a SIGKILL as status 128 + 9.
      case .exited(128 + SIGKILL), .signalled(SIGKILL): .crashed(.memory, Self.killed(outOfMemory))
      case .exited(let code): Self.exited(code, report)
      case .signalled(let signal):
        .crashed(.signal, "the trainer died of signal \(signal), \(Self.name(of: signal))")
      }
  }

  private static func exited(_ code: Int32, _ report: String?) -> AttemptEnd {
    let silence = "the trainer ended with status \(code) and did not say why; see train.log"
    switch ExitStatus(rawValue: code) {
    case .success: return .done
    case .tryAgain: return .interrupted
    case .inputOutput: return .blocked(report ?? "the trainer could not write; see train.log")
    case .usage, .badData, .noInput: return .refused(report ?? silence)
    case .undecided: return .undecided(report ?? silence)
    case .system: return .crashed(.memory, report ?? "the trainer did not get the memory it needs")
    case .software, .different, nil:
      return .crashed(.crash, "the trainer ended with status \(code): \(report ?? "see train.log")")
    }
  }

  private static func killed(_ outOfMemory: Bool) -> String {
    outOfMemory
      ? "the kernel ended the trainer, because memory ran out; a smaller batchSize needs less"
      : "the trainer was killed (SIGKILL): memory ran out, or somebody did it by hand"
  }

  private static func name(of signal: Int32) -> String {
    strsignal(signal).map { String(cString: $0).lowercased() } ?? "an unknown one"
  }
}
