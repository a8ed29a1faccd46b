import Foundation
import TemporaryFolder
import Testing

/// A `kilnd` of its own in a temporary home, with a shell script in the place of `kiln`. Whatever happens to the test,
/// nothing it started survives it.
final class TestDaemon {
  let folder: TemporaryFolder
  private var process: Process?

  /// - Parameter starting: false leaves the daemon for later.
  init(starting: Bool = true) throws {
    folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder("home/incoming"), withIntermediateDirectories: true)
    if starting { try start() }
  }

  deinit {
    kill()
    for process in trainers { Glibc.kill(process, SIGKILL) }
  }

  var home: String { folder("home") }
  var isRunning: Bool { process?.isRunning ?? false }
  var log: String { folder.text("kilnd.log") ?? "" }

  /// Programs of this package lie beside the tests.
  static func program(_ name: String) -> String {
    URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().path + "/" + name
  }

  static let fakeKiln = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures/daemon/kiln").path

  /// - Parameter through: a program and its arguments that run what follows them, as `setpriv`.
  func start(_ more: [String] = [], through: [String] = [], environment: [String: String] = [:]) throws {
    process = try run(more, through: through, environment: environment)
    // Locked means that it takes notice of everything from now on.
    try wait(for: "its start") { self.log.contains("serving") || !self.isRunning }
  }

  /// Runs a `kilnd` on the home, whether or not there is one already.
  func run(
    _ more: [String] = [], through: [String] = [], environment: [String: String] = [:]
  ) throws -> Process {
    _ = FileManager.default.createFile(atPath: folder("kilnd.log"), contents: nil)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.arguments =
      through + [
        Self.program("kilnd"), "--home", home, "--kiln", Self.fakeKiln, "--quiet", "0.5", "--grace", "20",
        "--retry-after", "0.2",
      ] + more
    process.standardError = FileHandle(forWritingAtPath: folder("kilnd.log"))
    try process.run()
    return process
  }

  /// SIGTERM; returns the exit status, SIGKILL's if it does not end within two minutes.
  func stop() -> Int32 {
    guard let process else { return -1 }
    Glibc.kill(process.processIdentifier, SIGTERM)
    for _ in 0..<12_000 where process.isRunning { usleep(10_000) }
    if process.isRunning { Glibc.kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
    self.process = nil
    return process.terminationStatus
  }

  func signal(_ number: Int32) {
    if let process { Glibc.kill(process.processIdentifier, number) }
  }

  /// What the kernel says of the daemon's process: `VmHWM`, for example.
  func kernelFigure(_ name: String) -> Int? {
    guard let process,
      let text = try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
    else { return nil }
    let line = text.split(separator: "\n").first { $0.hasPrefix("\(name):") }
    return line.flatMap { $0.split(whereSeparator: \.isWhitespace).dropFirst().first }.flatMap { Int($0) }
  }

  /// SIGKILL.
  func kill() {
    guard let process else { return }
    Glibc.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    self.process = nil
  }

  func drop(_ name: String, _ text: String) throws {
    try folder.write(text, to: "home/incoming/\(name)")
  }

  /// Tells the daemon to start no job, before or while it runs.
  func drain() throws {
    try FileManager.default.createDirectory(atPath: folder("home/requests"), withIntermediateDirectories: true)
    try folder.write("", to: "home/requests/drain")
  }

  /// What has been set aside, without the reports and without files that are still being written.
  var rejected: [String] { names("rejected").filter { !$0.hasSuffix(".error.txt") && !$0.hasPrefix(".") } }

  func names(_ state: String) -> [String] { folder.names("home/\(state)") }
  func text(_ path: String) -> String? { folder.text("home/\(path)") }

  /// How often each word ("start", "stop", "finish") stands in what the trainers of a job noted.
  func marks(_ word: String, of id: String) -> Int {
    (text("runs/\(id)/attempts.txt") ?? "").split(separator: "\n").count { $0.hasPrefix(word) }
  }

  /// Every trainer that was ever started in this home.
  var trainers: [pid_t] {
    names("runs").flatMap { id in
      (text("runs/\(id)/attempts.txt") ?? "").split(separator: "\n").compactMap { line in
        line.hasPrefix("start ") ? pid_t(line.dropFirst(6)) : nil
      }
    }
  }

  var hasLivingTrainer: Bool { trainers.contains(where: Self.isAlive) }

  static func isAlive(_ process: pid_t) -> Bool {
    guard let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return false }
    return !status.contains(") Z")
  }

  struct TimeOut: Error, CustomStringConvertible {
    let description: String
  }

  /// Looks until something is true; far too long a wait is a failure.
  func wait(for what: String, _ condition: () -> Bool) throws {
    for _ in 0..<6000 {
      if condition() { return }
      usleep(10_000)
    }
    let states = ["incoming", "queued", "running", "deferred", "done", "failed", "rejected"]
    let tree = states.map { "\($0): \(names($0).prefix(5))" }.joined(separator: ", ")
    throw TimeOut(description: "no sign of \(what) after a minute; \(tree)\n\(log)")
  }
}
