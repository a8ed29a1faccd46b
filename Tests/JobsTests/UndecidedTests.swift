import Jobs
import Testing

/// Jobs that a person has to decide about.
struct UndecidedTests {
  @Test func whatAPersonHasToDecideIsHeldWithTheReason() throws {
    let job = Job(id: JobID(sequence: 1, name: "a"), name: "a", state: .running(attempt: 1, order: nil), crashes: 2)
    let end = JobEvent.ended(.undecided("written by a newer version"), checkpoint: 5)
    let transition = try job.after(end, policy: .standard, now: 0)
    #expect(transition.job.state == .held && transition.reason.hasSuffix("written by a newer version"))
    #expect(transition.job.trouble == nil && transition.job.crashes == 0)
    // It goes on as soon as somebody has decided.
    #expect(try transition.job.after(.asked(.release), policy: .standard, now: 0).job.state == .queued)
  }
}
