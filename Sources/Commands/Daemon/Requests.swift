import ArgumentParser
import DurableFiles
import Glibc
import Jobs
import RunFiles

/// `kiln cancel`
struct Cancel: Command {
  static let configuration = CommandConfiguration(
    abstract: "End a job for good; its results stay.",
    discussion: RequestTarget.discussion("kiln cancel 12 --home /var/lib/kiln"))

  @OptionGroup var target: RequestTarget

  func run(on console: Console) throws { try target.ask(.cancel, console) }
}

/// `kiln hold`
struct Hold: Command {
  static let configuration = CommandConfiguration(
    abstract: "Keep a job from running until it is released; a running one writes a checkpoint and stops.",
    discussion: RequestTarget.discussion("kiln hold 12 --home /var/lib/kiln"))

  @OptionGroup var target: RequestTarget

  func run(on console: Console) throws { try target.ask(.hold, console) }
}

/// `kiln release`
struct Release: Command {
  static let configuration = CommandConfiguration(
    abstract: "Put a held job back into the queue.",
    discussion: RequestTarget.discussion("kiln release 000012-solar-cells --home /var/lib/kiln"))

  @OptionGroup var target: RequestTarget

  func run(on console: Console) throws { try target.ask(.release, console) }
}

/// `kiln retry`
struct Retry: Command {
  static let configuration = CommandConfiguration(
    abstract: "Put a failed, cancelled or deferred job back into the queue; it goes on from its last checkpoint.",
    discussion: RequestTarget.discussion("kiln retry 12 --home /var/lib/kiln"))

  @OptionGroup var target: RequestTarget

  func run(on console: Console) throws { try target.ask(.retry, console) }
}

/// `kiln reprioritize`
struct Reprioritize: Command {
  static let configuration = CommandConfiguration(
    abstract: "Give a job another priority; a running one keeps running.",
    discussion: RequestTarget.discussion("kiln reprioritize 12 80 --home /var/lib/kiln"))

  @OptionGroup var target: RequestTarget
  @Argument(help: "0 to 100; the greater goes first.")
  var priority: Int

  func validate() throws {
    guard Request.priorities.contains(priority) else { throw ValidationError("The priority must be from 0 to 100.") }
  }

  func run(on console: Console) throws { try target.ask(.reprioritize(priority), console) }
}

/// The job that a request is about.
struct RequestTarget: ParsableArguments {
  @Argument(help: "The job's ID or the number at its beginning.")
  var id: String

  @OptionGroup var place: HomeOption

  static func discussion(_ example: String) -> String {
    """
    If no daemon runs, the next one does it when it starts.
    Example: \(example)
    Exit status: 0, 66 if there is no such home or job or the job's state does not allow it, 74 if the request cannot be \
    left there.
    """
  }

  /// Leaves the request and, if the daemon runs, waits until it has been heard.
  func ask(_ request: Request, _ console: Console) throws {
    let spool = try place.servedSpool(console)
    let (id, state) = try spool.find(self.id)
    try check(request, of: id, in: state, spool)
    try spool.ask(request, of: id)
    guard try spool.daemon != nil else {
      return console.print("\(id): kilnd is not running and will do it when it starts.")
    }
    let path = spool.requestFile(request, of: id)
    for _ in 0..<100 where try facts(at: path) != nil { usleep(20_000) }
    // Nowhere: it moves from one folder to another right now.
    let now = try spool.state(of: id) ?? state
    let isStopping = now == .running && (request == .cancel || request == .hold)
    console.print("\(id): \(state) -> \(isStopping ? "stopping" : now.rawValue)")
  }

  /// The rules are the daemon's own: what it would refuse, after what it has been asked already, is refused here.
  private func check(
    _ request: Request, of id: JobID, in state: StateFolder, _ spool: Spool
  ) throws(JobError) {
    var job: Job
    do throws(FileError) {
      job = try spool.load(id, in: state).job
      for earlier in try spool.pendingRequests() where earlier.id == id {
        // One that makes no sense by now changes nothing: the daemon refuses it.
        job = (try? job.after(.asked(earlier.request), policy: .standard, now: 0).job) ?? job
      }
    } catch {
      throw .file(error)
    }
    _ = try job.after(.asked(request), policy: .standard, now: 0)
  }
}
