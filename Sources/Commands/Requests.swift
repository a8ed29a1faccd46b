import ArgumentParser
import DurableFiles
import Glibc
import Jobs
import RunFiles

/// `kiln cancel`
struct Cancel: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "End a job for good; its results stay.")

  @OptionGroup var target: RequestTarget

  func run() throws { try target.ask(.cancel) }
}

/// `kiln hold`
struct Hold: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Keep a job from running until it is released; a running one writes a checkpoint and stops.")

  @OptionGroup var target: RequestTarget

  func run() throws { try target.ask(.hold) }
}

/// `kiln release`
struct Release: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Put a held job back into the queue.")

  @OptionGroup var target: RequestTarget

  func run() throws { try target.ask(.release) }
}

/// `kiln retry`
struct Retry: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Put a failed, cancelled or deferred job back into the queue; it goes on from its last checkpoint.")

  @OptionGroup var target: RequestTarget

  func run() throws { try target.ask(.retry) }
}

/// `kiln reprioritize`
struct Reprioritize: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Give a job another priority; a running one keeps running.")

  @OptionGroup var target: RequestTarget
  @Argument(help: "0 to 100; the greater goes first.")
  var priority: Int

  func validate() throws {
    guard Request.priorities.contains(priority) else { throw ValidationError("The priority must be from 0 to 100.") }
  }

  func run() throws { try target.ask(.reprioritize(priority)) }
}

/// The job that a request is about.
struct RequestTarget: ParsableArguments {
  @Argument(help: "The job's ID or the number at its beginning.")
  var id: String

  @OptionGroup var place: HomeOption

  /// Leaves the request and, if the daemon runs, waits until it has been heard.
  func ask(_ request: Request) throws {
    let spool = place.spool
    let (id, state) = try orExit(66) { () throws(JobError) in
      let found = try spool.find(self.id)
      try check(request, of: found.id, in: found.state, spool)
      return found
    }
    try orExit(74) { () throws(FileError) in try spool.ask(request, of: id) }
    guard try orExit(74, { () throws(FileError) in try spool.daemon }) != nil else {
      return print("\(id): kilnd is not running and will do it when it starts.")
    }
    let path = spool.requestFile(request, of: id)
    for _ in 0..<100 where (try? facts(at: path)) != nil { usleep(20_000) }
    let now = (try? spool.state(of: id)) ?? state
    let isStopping = now == .running && (request == .cancel || request == .hold)
    print("\(id): \(state) -> \(isStopping ? "stopping" : now.rawValue)")
  }

  /// The rules are the daemon's own: what it would refuse, after what it has been asked already, is refused here.
  private func check(
    _ request: Request, of id: JobID, in state: StateFolder, _ spool: Spool
  ) throws(JobError) {
    var job: Job
    do throws(FileError) {
      job = try spool.load(id, in: state).job
      for earlier in try spool.pendingRequests() where earlier.id == id {
        job = (try? job.after(.asked(earlier.request), policy: .standard, now: 0).job) ?? job
      }
    } catch {
      throw .file(error)
    }
    _ = try job.after(.asked(request), policy: .standard, now: 0)
  }
}
