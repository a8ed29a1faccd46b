import Jobs
import Testing

/// Every state with every event, against a table written by hand.
struct TransitionTests {
  static let events: [(name: String, event: JobEvent)] = [
    ("start", .start),
    ("done", .ended(.done, checkpoint: 0)),
    ("interrupted", .ended(.interrupted, checkpoint: 0)),
    ("refused", .ended(.refused("bad data"), checkpoint: 0)),
    ("crashed", .ended(.crashed("signal 11"), checkpoint: 0)),
    ("unlaunched", .ended(.unlaunched("no such file"), checkpoint: 0)),
    ("unseen", .ended(.unseen, checkpoint: 0)),
    ("due", .due),
    ("stop", .stop),
    ("cancel", .asked(.cancel)),
    ("hold", .asked(.hold)),
    ("release", .asked(.release)),
    ("retry", .asked(.retry)),
  ]

  /// A dash: the event makes no sense. A mark after `running`: the order given. `^` launches, `!` terminates.
  static let table: [(state: JobState, after: [String])] = [
    (.queued, row("running^ - - - - - - - - cancelled held - -")),
    (
      .running(attempt: 2, order: nil),
      row("- done queued failed deferred queued queued - requeue! cancel! hold! - -")
    ),
    (
      .running(attempt: 2, order: .requeue),
      row("- done queued failed queued queued queued - - cancel! hold! - -")
    ),
    (.running(attempt: 2, order: .hold), row("- done held failed held held held - - cancel! - - -")),
    (
      .running(attempt: 2, order: .cancel),
      row("- done cancelled failed cancelled cancelled cancelled - - - - - -")
    ),
    (.deferred(until: 50), row("- - - - - - - queued - cancelled held - queued")),
    (.held, row("- - - - - - - - - cancelled - queued -")),
    (.done, row("- - - - - - - - - - - - -")),
    (.failed(reason: "bad data"), row("- - - - - - - - - - - - queued")),
    (.cancelled, row("- - - - - - - - - - - - queued")),
    (.rejected, row("- - - - - - - - - - - - -")),
  ]

  static func row(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }

  @Test(arguments: table)
  func everyEvent(state: JobState, after: [String]) throws {
    #expect(after.count == Self.events.count)
    let job = Job(id: JobID(sequence: 1, name: "a"), name: "a", state: state, attempts: 2)
    for (expected, (name, event)) in zip(after, Self.events) {
      let transition = try? job.after(event, policy: .standard, now: 100)
      #expect(Self.outcome(transition) == expected, "\(state) on \(name)")
      #expect(transition?.job.attempts ?? 2 == (expected == "running^" ? 3 : 2))
      #expect(transition?.reason.isEmpty != true)
    }
  }

  private static func outcome(_ transition: Transition?) -> String {
    guard let transition else { return "-" }
    let mark =
      switch transition.action {
      case .launch: "^"
      case .terminate: "!"
      case nil: ""
      }
    if case .running(_, let order?) = transition.job.state { return order.rawValue + mark }
    return transition.job.state.folder.rawValue + mark
  }

  @Test func theTableHasEveryFolder() {
    #expect(Set(Self.table.map(\.state.folder)) == Set(StateFolder.allCases))
  }

  @Test func anEventOutOfPlaceIsToldInWords() {
    let job = Job(id: JobID(sequence: 7, name: "a"), name: "a", state: .done)
    let error = #expect(throws: JobError.self) { try job.after(.asked(.hold), policy: .standard, now: 0) }
    #expect(error?.description == "000007-a is done: it cannot be held")
  }

  @Test func aRefusalKeepsTheTrainersReason() throws {
    let job = Job(id: JobID(sequence: 1, name: "a"), name: "a", state: .running(attempt: 1, order: nil))
    let transition = try job.after(.ended(.refused("no images"), checkpoint: 0), policy: .standard, now: 0)
    #expect(transition.job.state == .failed(reason: "no images"))
  }
}

struct RetryTests {
  let policy = RetryPolicy(limit: 4, first: 5, longest: 15)

  @Test func waitsTwiceAsLongEachTimeUpToTheCap() {
    #expect((1...4).map { policy.delay(afterCrash: $0) } == [5, 10, 15, nil])
    #expect(RetryPolicy(limit: .max, first: 1, longest: 60).delay(afterCrash: 1_000_000) == 60)
  }

  /// Crashes one after the other; `checkpoints` holds the newest one's step at each.
  private func crash(_ checkpoints: [Int]) throws -> Job {
    var job = Job(id: JobID(sequence: 1, name: "a"), name: "a")
    for checkpoint in checkpoints {
      job = try job.after(.start, policy: policy, now: 0).job
      job = try job.after(.ended(.crashed("signal 11"), checkpoint: checkpoint), policy: policy, now: 100).job
      if case .deferred = job.state { job = try job.after(.due, policy: policy, now: 200).job }
    }
    return job
  }

  @Test func givesUpAfterAFewCrashesInARow() throws {
    #expect(try crash([0, 0, 0]).state == .queued)
    #expect(
      try crash([0, 0, 0, 0]).state == .failed(reason: "crashed 4 times in a row; the last time: signal 11"))
    #expect(try crash([7, 7, 7, 7]).state.folder == .failed)
  }

  @Test func aJobThatMovesOnIsNeverGivenUp() throws {
    let job = try crash(Array(1...50))
    #expect(job.state == .queued)
    #expect(job.attempts == 50)
    #expect(job.crashes == 1)
  }

  @Test func aRetryByRequestBeginsTheCountAnew() throws {
    let failed = try crash([0, 0, 0, 0])
    #expect(try failed.after(.asked(.retry), policy: policy, now: 0).job.crashes == 0)
  }

  @Test func aWaitEndsInTimeAndAlsoWhenTheClockJumps() {
    #expect(!policy.isOver(110, now: 100))
    #expect(policy.isOver(100, now: 100))
    // Ten years forward, ten years back.
    #expect(policy.isOver(110, now: 110 + 3.15e8))
    #expect(policy.isOver(110, now: 110 - 3.15e8))
  }
}

struct QueueTests {
  private func job(_ sequence: Int, priority: Int, _ state: JobState = .queued) -> Job {
    Job(id: JobID(sequence: sequence, name: "a"), name: "a", priority: priority, state: state)
  }

  @Test func takesTheGreatestPriorityAndTheFirstInside() {
    let jobs = [job(3, priority: 50), job(1, priority: 50), job(2, priority: 10), job(9, priority: 90, .held)]
    #expect(jobs.next?.id.sequence == 1)
    #expect((jobs + [job(8, priority: 51)]).next?.id.sequence == 8)
    #expect([job(9, priority: 90, .held)].next == nil)
  }

  @Test(arguments: [
    ("Solar Cells (2)", "000042-solar-cells-2"), ("", "000042-job"), ("../../etc", "000042-etc"),
    ("Größe", "000042-gr-e"),
    ("a\n\u{0}b", "000042-a-b"),
  ])
  func anIDIsAFileName(name: String, expected: String) {
    let id = JobID(sequence: 42, name: name)
    #expect(id.description == expected)
    #expect(JobID(expected) == id)
  }

  @Test func anIDIsReadOnlyIfItIsOne() {
    #expect(JobID("1234567-a")?.sequence == 1_234_567)
    for text in [
      "42-a", "000042", "000042-", "000042-A", "000042-a-", "-00042-a", "0000042-a", "٠٠٠٠٤٢-a", "000042-a/b",
    ] {
      #expect(JobID(text) == nil, "\(text)")
    }
    #expect(JobID(sequence: 1, name: String(repeating: "x", count: 1000)).description.utf8.count < 100)
  }
}
