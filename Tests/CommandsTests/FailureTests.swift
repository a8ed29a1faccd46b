import Commands
import DurableFiles
import Glibc
import Jobs
import TemporaryFolder
import Testing

/// What a person is told of an error, and the exit status.
@Suite struct FailureTests {
  private func status(_ operation: String, _ code: Int32) -> Int32 {
    CommandFailure(FileError.system(operation: operation, path: "a", code: code)).status.rawValue
  }

  @Test func aFileThatCannotBeReadIsNoInputUnlessItMayBeAnotherTime() {
    #expect(status("open", ENOENT) == 66 && status("list", EACCES) == 66 && status("examine", ENOTDIR) == 66)
    #expect(status("open", EIO) == 74 && status("read", ESTALE) == 74 && status("open", EMFILE) == 74)
    #expect(status("read", ENOMEM) == 71)
    #expect(status("read", EBADF) == 70)
    #expect(CommandFailure(FileError.notRegular(path: "a")).status.rawValue == 65)
    #expect(CommandFailure(FileError.locked(path: "a", holder: 7)).status.rawValue == 75)
  }

  /// However permanent: the input was not at fault.
  @Test func aFileThatCannotBeWrittenIsAnInputOutputError() {
    for operation in ["create", "write", "rename to", "fsync"] { #expect(status(operation, EACCES) == 74) }
  }

  @Test func theLinesBeginWithTheProgramOrWithThePlace() {
    #expect(CommandFailure(JobError.unknown("7")).lines?.hasPrefix("kiln: there is no job 7") == true)
    #expect(CommandFailure(FileError.notRegular(path: "a")).lines == "kiln: a: is not a regular file")
  }

  @Test func wrongArgumentsAreAUsageError() {
    for arguments in [
      ["validate"], ["nonsense"], ["train"], ["status", "--nonsense"], ["reprioritize", "1", "101"],
      ["bench", "train", "--batch", "0"], ["explain", "conv1d", "5", "x"], ["explain", "pooling", "1"],
      ["explain", "kernal"], ["explain", "batchSize", "7"], ["describe", "homewrk"], ["compare", "a", "--metric", "x"],
    ] {
      let said = kiln(arguments)
      #expect(said.status == 64 && said.output.isEmpty && !said.errors.isEmpty, "\(arguments): \(said)")
    }
  }

  @Test func helpIsOutput() {
    let help = kiln("train", "--help")
    #expect(help.status == 0 && help.output.contains("Exit status: 0 trained") && help.errors.isEmpty)
  }

  /// A script that keeps the output must not take an empty file for an answer.
  @Test func anAnswerThatCannotBeWrittenIsAnError() {
    let said = kiln(["describe", "homework", "--json"], failing: .output)
    #expect(said.status == 74 && said.errors.contains("cannot write"))
  }

  @Test func anErrorThatCannotBeToldIsStillOne() {
    #expect(kiln(["describe", "homewrk"], failing: .errors).status == 64)
  }
}
