import ArgumentParser
import Charts
import DurableFiles
import Jobs
import RunFiles

/// `kiln status`: the jobs of a home, from its folders alone; the daemon need not run.
struct Status: Command {
  static let configuration = CommandConfiguration(
    abstract: "Show the jobs and how far they are.",
    discussion: """
      Without ID: the jobs that are under way and the last that ended. With ID: the job's history.
      Example: kiln status --home /var/lib/kiln 12
      Exit status: 0, 66 if there is no such home or job, 74 if its files cannot be read.
      """)

  @Argument(help: "A job, by its ID or the number at its beginning.")
  var id: String?

  @OptionGroup var place: HomeOption

  @Flag(help: "Show all jobs, however many.")
  var all = false

  @Flag(help: "Print JSON: of the jobs that ended, the last 1000 of each state, unless --all is given as well.")
  var json = false

  func run(on console: Console) throws {
    let spool = try place.servedSpool(console)
    if let id {
      let job = try spool.find(id)
      let report = try JobReport(job.id, in: job.state, of: spool)
      try console.answer(report, asJSON: json, text: report.text)
    } else {
      let listing = try Listing(spool, all ? .all : json ? .long : .short)
      try console.answer(listing, asJSON: json, text: listing.text(spool))
    }
  }
}

/// One job and what happened to it.
private struct JobReport: Encodable {
  var job: JobLine
  var run: String
  var history: [HistoryRow]

  init(_ id: JobID, in state: StateFolder, of spool: Spool) throws(FileError) {
    job = JobLine(id, in: state, of: spool)
    run = spool.run(id)
    history = try spool.history(id).rows()
  }

  var text: String {
    var table = Table([.left("time"), .left("state"), .right("attempt"), .left("reason")])
    for row in history { table.append([row.time, row.state, "\(row.attempt)", row.reason]) }
    var lines = ["\(job.id): \(job.state)"]
    if let step = job.step, let steps = job.steps, let epoch = job.epoch, let epochs = job.epochs {
      let loss = job.loss.map { ", loss \(fixed($0, 4))" } ?? ""
      let left = job.secondsLeft.map { ", \(duration($0)) left" } ?? ""
      lines.append("epoch \(epoch)/\(epochs), step \(step)/\(steps)\(loss)\(left)")
    }
    if let problem = job.problem { lines.append(problem) }
    return (lines + [table.text, "Everything about it is in \(run)."]).joined(separator: "\n")
  }
}
