import Jobs
import RunFiles

private let desk = Desk("history")

/// history.jsonl of a job.
@Sendable func readHistory(_ bytes: [UInt8]) throws {
  let id = JobID(sequence: 1, name: "a")
  let spool = Spool(home: desk.folder)
  _ = try desk.lay(bytes, as: "runs/\(id)/history.jsonl")
  _ = try spool.history(id).rows()
  _ = try spool.history(id).last()
}
