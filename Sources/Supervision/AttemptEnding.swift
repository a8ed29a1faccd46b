import Glibc
package import Jobs

/// The exit statuses that a trainer gives a meaning to (sysexits.h).
private enum ExitStatus {
  static let refusals: Set<Int32> = [64, 65, 66]
  /// No space, or a disk that fails.
  static let inputOutput: Int32 = 74
  static let tryAgain: Int32 = 75
  /// The system did not give what was asked for, which is memory.
  static let outOfMemory: Int32 = 71
  /// What a shell makes of a SIGKILL.
  static let killed: Int32 = 128 + SIGKILL
}

extension AttemptEnd {
  /// What the end of a trainer means for its job.
  ///
  /// - Parameters:
  ///   - status: nil if it was not our child.
  ///   - report: the text that the trainer left in `error.txt`.
  ///   - outOfMemory: the kernel has ended a process of ours for want of memory since the trainer began.
  package init(_ status: WaitStatus?, report: String?, outOfMemory: Bool = false) {
    self =
      switch status {
      case nil: .unseen
      case .exited(0): .done
      case .exited(ExitStatus.tryAgain): .interrupted
      case .exited(ExitStatus.inputOutput): .blocked(report ?? "the trainer could not write; see train.log")
      case .exited(let code) where ExitStatus.refusals.contains(code):
        .refused(report ?? "the trainer ended with status \(code) and did not say why; see train.log")
      case .exited(ExitStatus.killed), .signalled(SIGKILL): .crashed(.memory, Self.killed(outOfMemory))
      case .exited(ExitStatus.outOfMemory): .crashed(.memory, report ?? "the trainer did not get the memory it needs")
      case .exited(let code): .crashed(.crash, "the trainer ended with status \(code): \(report ?? "see train.log")")
      case .signalled(let signal):
        .crashed(.signal, "the trainer died of signal \(signal), \(Self.name(of: signal))")
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
