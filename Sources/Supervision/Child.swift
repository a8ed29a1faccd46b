package import CLinux
import DurableFiles
import Glibc
import RunFiles

/// How a process ended, as wait(2) tells it.
package enum WaitStatus: Sendable, Hashable {
  case exited(Int32)
  case signalled(Int32)

  init(_ raw: Int32) {
    let signal = raw & 0x7F
    self = signal == 0 ? .exited((raw >> 8) & 0xFF) : .signalled(signal)
  }
}

/// What to run. The child gets an empty standard input.
package struct Command: Sendable {
  package var program: String
  package var arguments: [String]
  package var output: Output
  /// Variables that the child gets besides the daemon's own.
  package var environment: [String: String]

  package init(program: String, arguments: [String], output: Output, environment: [String: String] = [:]) {
    self.program = program
    self.arguments = arguments
    self.output = output
    self.environment = environment
  }

  package enum Output: Sendable {
    /// Standard output and error are appended to a file.
    case log(String)
    /// Standard output comes through a pipe; standard error is the daemon's own.
    case pipe

    var isPipe: Bool { if case .pipe = self { true } else { false } }
  }
}

/// A process in a group of its own. Its end makes `descriptor` readable, so that poll(2) sees it.
///
/// A child of ours holds the reading end of a pipe, the lifeline, and the daemon holds the writing end. When the daemon
/// dies, however that happens, the child reads the end of the file and so learns of it.
package final class Child: Sendable {
  package let process: Int32
  package let descriptor: Int32
  /// The reading end of its standard output, if that was piped.
  package let output: Int32?
  private let lifeline: Int32?
  private let isOurs: Bool

  /// - Parameter watch: gives a pidfd of a process. Tests pass another function.
  package init(
    _ command: Command, watch: (pid_t) -> Int32 = linux_process_descriptor
  ) throws(SupervisionError) {
    let output = try Ends(command.output)
    let lifeline: Pipe
    do {
      lifeline = try Pipe()
    } catch {
      output.close()
      throw error
    }
    do {
      process = try Self.spawn(command, lifeline: lifeline.reading, output: output.child)
    } catch {
      lifeline.close()
      output.close()
      throw error
    }
    Glibc.close(lifeline.reading)
    output.closeChild()
    // The process has not been reaped, so its number cannot have become another's.
    descriptor = watch(process)
    if descriptor < 0 {
      let code = errno
      Self.end(group: process)
      Glibc.close(lifeline.writing)
      output.closeOwn()
      throw .system(operation: "watch a child", code: code)
    }
    self.lifeline = lifeline.writing
    if let own = output.own { _ = fcntl(own, F_SETFL, O_NONBLOCK) }
    self.output = output.own
    isOurs = true
  }

  /// A process that an earlier daemon started; nil if it is gone.
  package init?(leftBehind process: Int32) {
    let descriptor = linux_process_descriptor(process)
    guard descriptor >= 0 else { return nil }
    self.process = process
    self.descriptor = descriptor
    output = nil
    lifeline = nil
    isOurs = false
  }

  deinit {
    close(descriptor)
    if let output { close(output) }
    if let lifeline { close(lifeline) }
  }

  /// Sends a signal to the whole process group of a child of ours, or to a left-behind process alone, whose group may
  /// hold processes of others.
  ///
  /// The numbers of a child of ours and of its group are not used again before we reap the child. A left-behind process
  /// is not ours to reap, so it is signalled through its pidfd, which never means another process.
  package func signalGroup(_ signal: Int32) {
    if isOurs { kill(-process, signal) } else { _ = linux_signal_process(descriptor, signal) }
  }

  /// Limits the child's address space from now on (RLIMIT_AS): allocations beyond the limit fail.
  package func limitMemory(to bytes: Int) {
    _ = linux_limit_memory(process, bytes)
  }

  /// To be called when the process has ended. Kills what is left of its group, reaps the process and returns its
  /// status; nil if it was not our child.
  package func reap() -> WaitStatus? {
    isOurs ? Self.end(group: process) : nil
  }

  /// Ends a child of ours and its group, waits for it and takes its status.
  @discardableResult
  private static func end(group process: pid_t) -> WaitStatus {
    // The group is killed before the wait, as long as its number cannot be another's.
    kill(-process, SIGKILL)
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 && errno == EINTR {}
    return WaitStatus(status)
  }

  private static func spawn(_ command: Command, lifeline: Int32, output: Int32) throws(SupervisionError) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    if !command.output.isPipe { posix_spawn_file_actions_adddup2(&actions, output, 2) }
    posix_spawn_file_actions_adddup2(&actions, lifeline, Lifeline.descriptor)
    // The daemon's own descriptors are close-on-exec. This closes those that the daemon inherited.
    _ = linux_close_from(&actions, Lifeline.descriptor + 1)

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    var all = sigset_t()
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setpgroup(&attributes, 0)
    let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
    posix_spawnattr_setflags(&attributes, Int16(flags))

    var process: pid_t = 0
    let code = withStrings([command.program] + command.arguments) { arguments in
      withStrings(environment(command.environment)) {
        posix_spawn(&process, command.program, &actions, &attributes, arguments, $0)
      }
    }
    if code != 0 { throw .program(path: command.program, code: code) }
    return process
  }

  private static func environment(_ more: [String: String]) -> [String] {
    var variables = more.map { "\($0)=\($1)" }
    var entry = environ
    while let variable = entry.pointee {
      let text = String(cString: variable)
      if !isOurOwn(text) && !more.keys.contains(where: { text.hasPrefix("\($0)=") }) { variables.append(text) }
      entry += 1
    }
    return variables + ["\(Lifeline.variable)=\(Lifeline.descriptor)"]
  }
}

/// Whether a variable of the environment is meant for the daemon alone.
private func isOurOwn(_ variable: String) -> Bool {
  (ServiceManager.variables + [Lifeline.variable, Grace.variable]).contains { variable.hasPrefix("\($0)=") }
}

private struct Pipe {
  let reading: Int32
  let writing: Int32

  init() throws(SupervisionError) {
    var ends: [Int32] = [-1, -1]
    guard linux_pipe(&ends) == 0 else { throw .system(operation: "make a pipe", code: errno) }
    reading = ends[0]
    writing = ends[1]
  }

  func close() {
    Glibc.close(reading)
    Glibc.close(writing)
  }
}

/// The two ends of a child's standard output: the child's own, and ours if it is a pipe.
private struct Ends {
  let child: Int32
  let own: Int32?

  /// The log is opened here and not in the child, so that a log that cannot be opened is not taken for a program that
  /// cannot be started.
  init(_ output: Command.Output) throws(SupervisionError) {
    switch output {
    case .pipe:
      let pipe = try Pipe()
      (child, own) = (pipe.writing, pipe.reading)
    case .log(let path):
      let log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
      if log < 0 { throw .file(.system(operation: "open", path: path, code: errno)) }
      (child, own) = (log, nil)
    }
  }

  func closeChild() { Glibc.close(child) }

  func closeOwn() {
    if let own { Glibc.close(own) }
  }

  func close() {
    closeChild()
    closeOwn()
  }
}

/// Lends `strings` as the null-terminated array that C's argv is.
private func withStrings<Result>(
  _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
  var copies = strings.map { strdup($0) } + [nil]
  defer { for copy in copies { free(copy) } }
  return body(&copies)
}
