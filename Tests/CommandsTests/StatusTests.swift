import DurableFiles
import Foundation
import Jobs
import RunFiles
import TemporaryFolder
import Testing

/// `kiln status` from the folders of a home that no daemon serves.
@Suite struct StatusTests {
  private let folder: TemporaryFolder
  private let spool: Spool

  init() throws {
    folder = try TemporaryFolder()
    spool = Spool(home: folder.path)
    try spool.create()
  }

  /// A job that has come into a state after one attempt.
  private func add(_ sequence: Int, _ state: JobState, name: String = "a") throws {
    var job = Job(id: JobID(sequence: sequence, name: name), name: name)
    (job.state, job.attempts) = (state, 1)
    try folder.makeFolder("runs/\(job.id)")
    try spool.history(job.id).append(HistoryRow(job, reason: "it is \(state.folder)", now: 0))
    try folder.write("name: a\n", to: "\(state.folder)/\(job.id).yaml")
  }

  private func progress(_ state: String, epochs: Int, of id: String) throws {
    try folder.write(
      #"{"epoch":1,"epochs":\#(epochs),"step":0,"steps":0,"validated":0,"loss":null,"imagesPerSecond":0,"#
        + #""secondsLeft":null,"state":"\#(state)"}"#, to: "runs/\(id)/progress.json")
  }

  private func jobs(_ said: Said) throws -> [[String: Any]] {
    try #require(said.object?["jobs"] as? [[String: Any]])
  }

  /// It failed while its images were looked at: nobody knows how many epochs there would have been.
  @Test func aJobThatNeverTrainedIsInNoEpoch() throws {
    try add(1, .failed(reason: "no images"))
    try progress("failed", epochs: 0, of: "000001-a")
    let job = try #require(try jobs(kiln("status", "--json", "--home", folder.path)).first)
    #expect(job["epoch"] == nil && job["step"] == nil && job["attempt"] as? Int == 1)
    #expect(!kiln("status", "--home", folder.path).output.contains("1/0"))
    #expect(!kiln("status", "1", "--home", folder.path).output.contains("1/0"))
  }

  @Test func aFileThatCannotBeReadIsNamedAndNotTakenForNothing() throws {
    try add(1, .done)
    try add(2, .done, name: "b")
    try FileManager.default.removeItem(atPath: folder("runs/000001-a/history.jsonl"))
    try folder.makeFolder("runs/000001-a/history.jsonl")
    try folder.write("no progress", to: "runs/000002-b/progress.json")
    let said = kiln("status", "--home", folder.path)
    #expect(said.status == 0 && said.output.contains("000001-a: ") && said.output.contains("is not a regular file"))
    #expect(said.output.contains("000002-b: ") && said.output.contains("is not a progress record"))
    let problems = try jobs(kiln("status", "--json", "--home", folder.path)).map { $0["problem"] as? String }
    #expect(problems.count == 2 && problems.allSatisfy { $0 != nil })
    #expect(kiln("status", "1", "--home", folder.path).status == 65)
  }

  @Test func aJobsNameSteersNoTerminal() throws {
    try add(1, .queued, name: "evil\u{1B}[2J\nqueued")
    for arguments in [["status"], ["status", "1"]] {
      let said = kiln(arguments + ["--home", folder.path])
      #expect(said.status == 0 && said.output.contains("000001-evil") && !said.output.contains("\u{1B}"))
      #expect(!said.lines.contains { $0.hasPrefix("queued") })
    }
  }

  @Test func ofThoseThatEndedTheLastTenAreShown() throws {
    for number in 1...12 { try add(number, .done) }
    try add(13, .queued)
    let said = kiln("status", "--home", folder.path)
    #expect(!said.output.contains("000002-a") && said.output.contains("000003-a") && said.output.contains("000012-a"))
    #expect(said.output.contains("1 queued, 12 done") && said.output.contains("2 more: `kiln status --all`"))
    #expect(kiln("status", "--all", "--home", folder.path).output.contains("000001-a"))
    #expect(try jobs(kiln("status", "--json", "--home", folder.path)).count == 13)
  }

  @Test func oneJobHasItsHistory() throws {
    try add(7, .failed(reason: "bad"))
    let said = kiln("status", "7", "--home", folder.path)
    #expect(said.status == 0 && said.output.contains("000007-a: failed") && said.output.contains("it is failed"))
    #expect(kiln("status", "8", "--home", folder.path).status == 66)
    let history = kiln("status", "7", "--json", "--home", folder.path).object?["history"] as? [[String: Any]]
    #expect(history?.first?["reason"] as? String == "it is failed")
  }

  @Test func aRequestIsLeftForTheDaemonOrRefusedAsItWouldRefuseIt() throws {
    try add(1, .queued)
    #expect(kiln("release", "1", "--home", folder.path).status == 66)
    let said = kiln("cancel", "1", "--home", folder.path)
    #expect(said.status == 0 && said.output.contains("will do it when it starts"))
    #expect(folder.names("requests") == ["000001-a.cancel"])
    // It is as good as cancelled.
    #expect(kiln("hold", "1", "--home", folder.path).status == 66)
    #expect(kiln("retry", "1", "--home", folder.path).status == 0)
    #expect(kiln("drain", "--home", folder.path).output.contains("nothing runs"))
    #expect(kiln("resume", "--home", folder.path).output.contains("resumed"))
    #expect(kiln("resume", "--home", folder.path).output.contains("was not draining"))
  }
}
