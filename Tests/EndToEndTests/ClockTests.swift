import Foundation
import TemporaryFolder
import Testing

/// The time of day jumps by ten years while the daemon runs. Debian's `faketime` makes it; without it nothing is tested.
@Suite(.serialized)
struct ClockTests {
  static let library: String? = ["x86_64", "aarch64"].map { "/usr/lib/\($0)-linux-gnu/faketime/libfaketime.so.1" }
    .first { (path: String) in access(path, R_OK) == 0 }

  @Test(.enabled(if: library != nil, "faketime is not installed"), arguments: ["+10y", "-10y"])
  func aJumpMakesNobodyWaitAndStartsNothingTwice(jump: String) throws {
    let daemon = try TestDaemon(starting: false)
    try daemon.folder.write("+0\n", to: "clock")
    for name in ["a", "b", "c"] { try daemon.drop("\(name).yaml", "name: \(name)\nfull: 1\n") }
    try daemon.start(
      ["--retry-after", "2"],
      environment: [
        "LD_PRELOAD": try #require(Self.library), "FAKETIME_TIMESTAMP_FILE": daemon.folder("clock"),
        "FAKETIME_NO_CACHE": "1", "DONT_FAKE_MONOTONIC": "1",
      ])
    try daemon.wait(for: "a deferral") { !daemon.names("deferred").isEmpty }
    try daemon.folder.write("\(jump)\n", to: "clock")
    try daemon.wait(for: "the ends") { daemon.names("done").count == 3 }
    for job in daemon.names("done") { #expect(daemon.marks("start", of: String(job.dropLast(5))) == 2) }
    let years = daemon.names("runs").compactMap { daemon.text("runs/\($0)/history.jsonl") }.joined()
      .components(separatedBy: #""time":""#).dropFirst().compactMap { Int($0.prefix(4)) }
    #expect(Set(years).count == 2, "the clock did not jump")
  }
}
