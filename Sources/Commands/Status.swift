import ArgumentParser
import Charts
import DurableFiles
import FoundationEssentials
import Glibc
import Jobs
import RunFiles

/// `kiln status`: the jobs of a home, from its folders alone; the daemon need not run.
struct Status: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show the jobs and how far they are.",
    discussion: """
      Without ID: the jobs that are under way and the last that ended. With ID: the job's history.
      Exit status: 0, or 66 if there is no such home or job.
      """)

  @Argument(help: "A job, by its ID or the number at its beginning.")
  var id: String?

  @OptionGroup var place: HomeOption

  @Flag(help: "Show all jobs, however many.")
  var all = false

  @Flag(help: "Print JSON: of the jobs that ended, the last 1000 of each state, unless --all is given as well.")
  var json = false

  func run() throws {
    let spool = try place.servedSpool()
    if let id {
      let report = try orExit(66) { () throws(JobError) in
        let job = try spool.find(id)
        return try JobReport(job.id, in: job.state, of: spool)
      }
      print(json ? encoded(report) : report.text(spool))
    } else {
      let listing = try orExit(74) { () throws(FileError) in try Listing(spool, all ? .all : json ? .long : .short) }
      print(json ? encoded(listing) : listing.text(spool))
    }
  }
}

/// JSON in lines, with the keys in alphabetical order.
private func encoded(_ value: some Encodable) -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
  return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
}

/// One job and what happened to it.
private struct JobReport: Encodable {
  var job: JobLine
  var run: String
  var history: [HistoryRow]

  init(_ id: JobID, in state: StateFolder, of spool: Spool) throws(JobError) {
    do throws(FileError) {
      job = JobLine(id, in: state, of: spool)
      run = spool.run(id)
      history = try spool.history(id).rows()
    } catch {
      throw .file(error)
    }
  }

  func text(_ spool: Spool) -> String {
    var table = Table([.left("time"), .left("state"), .right("attempt"), .left("reason")])
    for row in history { table.append([row.time, row.state, "\(row.attempt)", row.reason.singleLine]) }
    var lines = ["\(job.id): \(job.state)"]
    if let step = job.step, let steps = job.steps, let epoch = job.epoch, let epochs = job.epochs {
      let loss = job.loss.map { ", loss \(fixed($0, 4))" } ?? ""
      let left = job.secondsLeft.map { ", \(duration($0)) left" } ?? ""
      lines.append("epoch \(epoch)/\(epochs), step \(step)/\(steps)\(loss)\(left)")
    }
    return (lines + [table.text, "Everything about it is in \(run)."]).joined(separator: "\n")
  }
}

extension String {
  fileprivate var singleLine: String {
    split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}
