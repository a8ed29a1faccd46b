import DurableFiles
import Foundation
import Jobs
import Supervision
import TemporaryFolder
import Testing

struct ChildTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func shell(_ script: String) throws -> Child {
    try Child(Command(program: "/bin/sh", arguments: ["-c", script], output: .log(folder("log"))))
  }

  private func end(of child: Child) -> WaitStatus? {
    while waitForAny(of: [child.descriptor], timeout: 60).isEmpty {}
    return child.reap()
  }

  @Test func tellsHowItEnded() throws {
    #expect(try end(of: shell("exit 65")) == .exited(65))
    #expect(try end(of: shell("kill -SEGV $$")) == .signalled(SIGSEGV))
  }

  @Test func logsBothOutputsAtTheEndOfTheFile() throws {
    try folder.write("before\n", to: "log")
    _ = try end(of: shell("echo out; echo err >&2; cat"))
    #expect(folder.text("log") == "before\nout\nerr\n")
  }

  @Test func aProgramThatIsMissingIsAnError() {
    #expect(throws: SupervisionError.program(path: "/no/such", code: ENOENT)) {
      try Child(Command(program: "/no/such", arguments: [], output: .pipe))
    }
  }

  /// What makes the trainer stop when the daemon is killed.
  @Test func theLifelineEndsWithItsHolder() throws {
    var child: Child? = try shell("read line <&$KILN_LIFELINE_FD; echo alone; exit 0")
    let process = try #require(child?.process)
    child = nil
    var status: Int32 = 0
    #expect(waitpid(process, &status, 0) == process)
    #expect(folder.text("log") == "alone\n")
  }

  /// Another child that had the lifeline open too would keep the first one from noticing.
  @Test func childrenInheritNothingButTheirOwn() throws {
    let lock = try FileLock(folder("lock"))
    let first = try shell("read line <&$KILN_LIFELINE_FD")
    _ = try end(of: shell("ls /proc/self/fd; ls -l /proc/self/fd"))
    let listing = try #require(folder.text("log"))
    // 3 is the lifeline, 4 is the folder that ls reads.
    #expect(listing.hasPrefix("0\n1\n2\n3\n4\n") || listing.hasPrefix("0\n1\n2\n3\n"))
    #expect(!listing.contains(lock.path))
    first.signalGroup(SIGKILL)
    #expect(end(of: first) == .signalled(SIGKILL))
  }

  @Test func theWholeGroupEnds() throws {
    let child = try shell("sleep 600 & echo $! > \(folder("sleeper")); exit 0")
    #expect(end(of: child) == .exited(0))
    let sleeper = try #require(folder.text("sleeper").flatMap { pid_t($0.dropLast()) })
    // It belongs to init now, which takes a moment to reap it.
    for _ in 0..<500 where isAlive(sleeper) { usleep(10_000) }
    #expect(!isAlive(sleeper))
  }

  private func isAlive(_ process: pid_t) -> Bool {
    guard let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return false }
    return !status.contains(") Z")
  }

  @Test func aPipeBringsTheOutput() throws {
    let child = try Child(Command(program: "/bin/echo", arguments: ["a b"], output: .pipe))
    let output = try #require(child.output)
    while waitForAny(of: [output], timeout: 60).isEmpty {}
    var bytes = [UInt8](repeating: 0, count: 10)
    #expect(read(output, &bytes, 10) == 4)
    #expect(String(decoding: bytes.prefix(4), as: UTF8.self) == "a b\n")
    #expect(end(of: child) == .exited(0))
  }

  @Test(arguments: [
    (WaitStatus.exited(0), AttemptEnd.done), (.exited(75), .interrupted), (.exited(65), .refused("bad data")),
    (.exited(64), .refused("bad data")), (.exited(66), .refused("bad data")), (.exited(78), .undecided("bad data")),
  ])
  func whatAnExitMeans(status: WaitStatus, expected: AttemptEnd) {
    #expect(AttemptEnd(status, report: "bad data") == expected)
  }

  @Test(arguments: [
    (WaitStatus.exited(1), Trouble.crash), (.exited(71), .memory), (.signalled(SIGSEGV), .signal),
    (.signalled(SIGTERM), .signal), (.signalled(SIGKILL), .memory), (.exited(137), .memory),
  ])
  func troublesAreToldApart(status: WaitStatus, expected: Trouble) {
    guard case .crashed(let trouble, let reason) = AttemptEnd(status, report: nil) else {
      Issue.record("\(status)")
      return
    }
    #expect(trouble == expected && !reason.isEmpty)
  }

  @Test func aKillSaysWhetherTheKernelDidIt() {
    guard case .crashed(_, let known) = AttemptEnd(.signalled(SIGKILL), report: nil, outOfMemory: true),
      case .crashed(_, let guessed) = AttemptEnd(.signalled(SIGKILL), report: nil)
    else {
      Issue.record("no crash")
      return
    }
    #expect(known.contains("the kernel") && guessed.contains("by hand"))
  }

  @Test func aFullDiskIsNoCrash() {
    #expect(AttemptEnd(.exited(74), report: "no space") == .blocked("no space"))
    #expect(AttemptEnd(nil, report: "old") == .unseen)
    guard case .refused(let reason) = AttemptEnd(.exited(65), report: nil) else {
      Issue.record("not refused")
      return
    }
    #expect(reason.contains("train.log"))
  }

  /// The limit is far above what the shell needs: it may still be loading when the limit is set.
  @Test func aChildCanBeKeptFromTakingAllMemory() throws {
    let child = try shell("read line <&$KILN_LIFELINE_FD; exec /bin/true")
    child.limitMemory(to: 1 << 30)
    let limits = try String(contentsOfFile: "/proc/\(child.process)/limits", encoding: .utf8)
    let line = try #require(limits.split(separator: "\n").first { $0.hasPrefix("Max address space") })
    #expect(line.contains("1073741824"))
    child.signalGroup(SIGKILL)
    #expect(end(of: child) == .signalled(SIGKILL))
  }

  /// No more descriptors are to be had, for example.
  @Test func aChildThatCannotBeWatchedIsEndedAndReaped() throws {
    var started: pid_t = -1
    #expect(throws: SupervisionError.system(operation: "watch a child", code: EMFILE)) {
      try Child(Command(program: "/bin/sleep", arguments: ["600"], output: .log(folder("log")))) { process in
        started = process
        errno = EMFILE
        return -1
      }
    }
    try #require(started > 0)
    var status: Int32 = 0
    #expect(waitpid(started, &status, WNOHANG) == -1 && errno == ECHILD)
  }

  @Test func aLogThatCannotBeOpenedIsNotTheProgramsFault() {
    let path = folder("no/such/folder/log")
    #expect(throws: SupervisionError.file(.system(operation: "open", path: path, code: ENOENT))) {
      try Child(Command(program: "/bin/sh", arguments: [], output: .log(path)))
    }
  }

  @Test func aChildIsToldWhatItsParentWantsItToKnow() throws {
    let child = try Child(
      Command(
        program: "/bin/sh", arguments: ["-c", "echo $KILN_GRACE_SECONDS $KILN_LIFELINE_FD"],
        output: .log(folder("log")),
        environment: ["KILN_GRACE_SECONDS": "7.5"]))
    #expect(end(of: child) == .exited(0))
    #expect(folder.text("log") == "7.5 3\n")
  }

  /// A left-behind process is gone, and another has got its number, which root can have happen.
  @Test(.enabled(if: getuid() == 0, "only root can choose the next process number"))
  func aSignalNeverReachesAnotherProcessWithTheSameNumber() throws {
    let first = try sleeper()
    let child = try #require(Child(leftBehind: first))
    end(first)
    var second: pid_t = -1
    for _ in 0..<1000 where second != first {
      if second > 0 { end(second) }
      let last = open("/proc/sys/kernel/ns_last_pid", O_WRONLY | O_CLOEXEC)
      let text = "\(first - 1)"
      write(last, text, text.utf8.count)
      close(last)
      second = try sleeper()
    }
    try #require(second == first)
    child.signalGroup(SIGKILL)
    var status: Int32 = 0
    usleep(100_000)
    #expect(waitpid(second, &status, WNOHANG) == 0)
    end(second)
  }

  private func sleeper() throws -> pid_t {
    var process: pid_t = 0
    var arguments = [strdup("sleep"), strdup("600"), nil]
    defer { for argument in arguments { free(argument) } }
    try #require(posix_spawn(&process, "/bin/sleep", nil, nil, &arguments, nil) == 0)
    return process
  }

  private func end(_ process: pid_t) {
    kill(process, SIGKILL)
    var status: Int32 = 0
    waitpid(process, &status, 0)
  }
}
